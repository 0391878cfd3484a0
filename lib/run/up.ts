import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Provider} from '../../clusters/provider.ts';
import {createConsole} from '../../reports/console.ts';
import type {Out} from '../../reports/console.ts';
import type {ClusterRef} from '../target.ts';
import {claimCluster, clusterDir} from './claim.ts';
import {chooseProvider} from './choose-provider.ts';
import {orderlyEnd} from './ending.ts';
import type {Crashes} from './ending.ts';
import type {Interrupts} from './interrupts.ts';
import {makeCluster} from './make-cluster.ts';
import {DEFAULT_TARGET} from './options.ts';
import type {TargetFlags} from './options.ts';
import {markKept} from './owner.ts';
import {newId} from './run-id.ts';
import {takeDown} from './take-down.ts';
import {causesOf} from '../usage.ts';

export type UpWorld = {readonly providers: readonly Provider[]; readonly interrupts: Interrupts; readonly crashes: Crashes; readonly out: Out; err(line: string): void};

/**
 * Makes a cluster that stays until `down`; undefined when that was interrupted, then nothing is left.
 * A cluster that cannot be made is taken down; the error names the step, its cause, and the temporary directory in which the logs are kept.
 */
export const up = async (flags: TargetFlags, {providers, interrupts, crashes, out, err}: UpWorld): Promise<ClusterRef | undefined> => {
	const {provider, target, reason} = await chooseProvider(providers, {...DEFAULT_TARGET, ...flags});
	err(reason);
	const id = newId();
	const dir = clusterDir(id);
	const logs = join(tmpdir(), `vipcheck-${id}-logs`);
	interrupts.guard((signal, count) => {
		if (count <= 2) err(count === 1 ? `interrupted by ${signal}: taking down what was made` : 'what was made is being taken down first; that takes a few seconds');
	});
	await claimCluster(dir, provider.name);
	const ending = orderlyEnd(interrupts, crashes, () => undefined);
	const shown = showSteps(out, dir);
	try {
		const cluster = await makeCluster({provider, target, id, dir, emit: shown.emit, signal: ending.signal, logs});
		ending.signal.throwIfAborted();
		await markKept(dir);
		return cluster;
	} catch (error) {
		const interrupted = interrupts.signal.aborted;
		await takeDown(provider, {id, dir}, {...(interrupted ? {} : {logsTo: logs}), signals: interrupts.count});
		if (interrupted) return undefined;
		throw withoutCluster(error, shown.firstFailed(), text => text.replaceAll(join(dir, 'logs'), logs), logs);
	} finally {
		ending.stop();
		shown.stop();
	}
};

/** In one message: the original is no `cause`, for it names logs where they are no longer. */
const withoutCluster = (error: unknown, step: string | undefined, show: (text: string) => string, logs: string): Error =>
	new Error(['no cluster', ...(step === undefined ? [] : [step]), ...causesOf(error).map(text => show(text))].join(': ') + `; its logs are in ${logs}`);

/** Shows steps as a run shows them, but for those that fail: `up` tells of them when it has taken down what they made, with the place where their logs are then. */
const showSteps = (out: Out, dir: string): {emit: Parameters<typeof makeCluster>[0]['emit']; /** What ended the others, by name. */ firstFailed(): string | undefined; stop(): void} => {
	let timer: NodeJS.Timeout | undefined;
	let firstFailed: string | undefined;
	const shown = createConsole(out, {dir, clock: {
		now: Date.now,
		every(ms, work) {
			timer = setInterval(work, ms).unref();
			return () => clearInterval(timer);
		},
	}});
	return {
		emit(event) {
			if (event.type === 'step-finished' && event.error !== undefined) firstFailed ??= event.step;
			else shown.event({at: Date.now(), ...event});
		},
		firstFailed: () => firstFailed,
		stop() {
			clearInterval(timer);
			if (out.isTTY) out.write('\r\u001B[2K');
		},
	};
};
