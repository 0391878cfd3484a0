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

export type UpWorld = {readonly providers: readonly Provider[]; readonly interrupts: Interrupts; readonly crashes: Crashes; readonly out: Out; err(line: string): void};

/**
 * Makes a cluster that stays until `down`; undefined when that was interrupted, then nothing is left.
 * A cluster that cannot be made is taken down, its logs are kept in a temporary directory that the error names.
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
		throw new Error(`no cluster: its logs are in ${logs}`, {cause: error});
	} finally {
		ending.stop();
		shown.stop();
	}
};

/** Shows steps as a run shows them. */
const showSteps = (out: Out, dir: string): {emit: Parameters<typeof makeCluster>[0]['emit']; stop(): void} => {
	let timer: NodeJS.Timeout | undefined;
	const shown = createConsole(out, {dir, clock: {
		now: Date.now,
		every(ms, work) {
			timer = setInterval(work, ms).unref();
			return () => clearInterval(timer);
		},
	}});
	return {
		emit: event => shown.event({at: Date.now(), ...event}),
		stop() {
			clearInterval(timer);
			if (out.isTTY) out.write('\r\u001B[2K');
		},
	};
};
