import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createConsole} from '../../reports/console.ts';
import type {Out} from '../../reports/console.ts';
import type {ClusterRef} from '../target.ts';
import {clusterDir, outliveOwner, ownNew} from '../cluster/owner.ts';
import {chooseProvider} from '../cluster/choose-provider.ts';
import {orderlyEnd} from '../ending.ts';
import {makeCluster} from '../cluster/make-cluster.ts';
import type {Given} from '../options/options.ts';
import {newId} from '../cluster/id.ts';
import {takeDown} from '../cluster/take-down.ts';
import {UsageError, causesOf} from '../usage.ts';
import type {World} from './world.ts';

/**
 * Makes a cluster that stays until `down`; undefined when that was interrupted, then nothing is left.
 * A cluster that cannot be made is taken down; the error names the step, its cause, and the temporary directory in which the logs are kept.
 */
export const up = async (
	given: Given,
	{providers, interrupts, crashes, out, err}: Pick<World, 'providers' | 'interrupts' | 'crashes' | 'out' | 'err'>,
): Promise<ClusterRef | undefined> => {
	const [mode, ...others] = given.mode ?? [];
	if (others.length > 0) throw new UsageError(`--mode ${given.mode?.join(',')}: up makes one cluster, of one mode`);
	const {provider, target, reason} = await chooseProvider(await providers(), mode, given);
	err(reason);
	const id = newId();
	const dir = clusterDir(id);
	const logs = join(tmpdir(), `vipcheck-${id}-logs`);
	interrupts.guard((signal, count) => {
		if (count <= 2)
			err(
				count === 1
					? `interrupted by ${signal}: taking down what was made`
					: 'what was made is being taken down first; that takes a few seconds',
			);
	});
	await ownNew(dir, provider.name);
	const ending = orderlyEnd(interrupts, crashes, () => undefined);
	const shown = showSteps(out, dir);
	try {
		const cluster = await makeCluster({provider, target, id, dir, emit: shown.emit, signal: ending.signal, logs});
		ending.signal.throwIfAborted();
		await outliveOwner(dir);
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
	new Error(
		['no cluster', ...(step === undefined ? [] : [step]), ...causesOf(error).map(text => show(text))].join(': ') +
			`; its logs are in ${logs}`,
	);

/**
 * Shows steps as a run shows them, but for those that fail: `up` tells of them when it has taken down what they made, with the place where
 * their logs are then.
 */
const showSteps = (
	out: Out,
	dir: string,
): {
	emit: Parameters<typeof makeCluster>[0]['emit'];
	/** What ended the others, by name. */ firstFailed(): string | undefined;
	stop(): void;
} => {
	let timer: NodeJS.Timeout | undefined;
	let firstFailed: string | undefined;
	const shown = createConsole(out, {
		dir,
		clock: {
			now: Date.now,
			every(ms, work) {
				timer = setInterval(work, ms).unref();
				return () => clearInterval(timer);
			},
		},
	});
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
