import {symlink} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {matcher} from '../check/match.ts';
import type {ClusterFacts, PlannedCheck, Problem} from '../events.ts';
import {fold} from '../fold.ts';
import {RUNNER_SILENCE_MARGIN_MS} from '../limits.ts';
import {targetKey} from '../target.ts';
import type {ClusterRef, Mode} from '../target.ts';
import {causesOf, messageOf} from '../usage.ts';
import {suiteFileOf} from './checks.ts';
import type {FoundCheck} from './checks.ts';
import {claimCluster, clusterDir} from './claim.ts';
import {lease} from './lease.ts';
import {serveLocks} from './locks.ts';
import {makeCluster} from './make-cluster.ts';
import type {TestOptions} from './options.ts';
import {markKept} from './owner.ts';
import {ALL_CAPABILITIES, capabilitiesOf, planChecks, toRun} from './plan.ts';
import {writeRunPlan} from './run-plan.ts';
import type {RunnerEnd, RunnerInput} from './runner.ts';
import type {Session} from './session.ts';
import type {Source} from './source.ts';
import {takeDown} from './take-down.ts';

/** What a run does with a cluster; a test puts others in their place. */
export type ClusterWork = {
	prepare(cluster: ClusterRef, runId: string, signal: AbortSignal): Promise<ClusterFacts>;
	tidy(cluster: ClusterRef, runId: string): Promise<void>;
	runSuites(input: RunnerInput): Promise<RunnerEnd>;
};

/** Runs the checks on one target, from the cluster's making to its end. Tells what happens as events; throws nothing for what a cluster does. */
export const runOnTarget = async (session: Session, source: Source, options: TestOptions, checks: readonly FoundCheck[], work: ClusterWork): Promise<void> => {
	const {emit, signal} = session;
	const key = targetKey(source.target);
	const matches = matcher(options.match);
	const plan = planChecks(checks, {mode: source.target.mode, capabilities: source.made ? ALL_CAPABILITIES : capabilitiesOf(source.cluster), matches});
	const announce = (planned: readonly PlannedCheck[]): void => emit({type: 'target-planned', target: key, spec: source.target, reason: source.reason, checks: planned});
	announce(plan);
	let kept: string | undefined;
	if (toRun(plan).length > 0) {
		const holding = source.made ? makeAndHold(session, source, options) : borrow(session, source, work);
		kept = await holding(async cluster => {
			const facts = await work.prepare(cluster, session.id, signal);
			emit({type: 'cluster-ready', target: key, facts});
			if (facts.mode !== source.target.mode) throw new Error(`kube-proxy runs in mode ${facts.mode}, not ${source.target.mode}`);
			const final = source.made ? planChecks(checks, {mode: source.target.mode, capabilities: capabilitiesOf(cluster), matches}) : plan;
			if (toRun(final).length !== toRun(plan).length) announce(final);
			await runChecks(session, cluster, facts.mode as Mode, final, options.repeat, work);
		});
	}
	emit({type: 'target-finished', target: key, ...(kept === undefined ? {} : {kept})});
};

/** Uses a cluster for some work, and brings it to its end afterwards; answers how it was kept, where it was. */
type Hold = (use: (cluster: ClusterRef) => Promise<void>) => Promise<string | undefined>;

const makeAndHold = (session: Session, {provider, target}: Source & {made: true}, {keep}: TestOptions): Hold => async use => {
	const {id, emit, signal, interrupts, trouble} = session;
	const key = targetKey(target);
	const dir = clusterDir(id);
	const logsTo = join(session.dir.path, 'logs');
	let cluster: ClusterRef | undefined;
	signal.throwIfAborted();
	await claimCluster(dir, provider.name);
	try {
		await symlink(join(dir, 'logs'), logsTo);
		cluster = await makeCluster({provider, target, id, dir, emit, signal, logs: join(session.dir.shown, 'logs')});
		await use(cluster);
	} catch (error) {
		if (!signal.aborted) emit({type: 'target-failed', target: key, problem: problemOf(error, text => text.replaceAll(join(dir, 'logs'), join(session.dir.shown, 'logs')))});
	}
	if (cluster && !signal.aborted && wantsKept(session, keep)) {
		await markKept(dir);
		return [`cluster ${id}, until \`vipcheck down ${id}\``, ...cluster.usage].join('; ');
	}
	const startedAt = performance.now();
	emit({type: 'step-started', target: key, step: 'take down'});
	try {
		await takeDown(provider, {id, dir}, {logsTo, signals: interrupts.count});
		emit({type: 'step-finished', target: key, step: 'take down', ms: Math.round(performance.now() - startedAt)});
	} catch (error) {
		emit({type: 'step-finished', target: key, step: 'take down', ms: Math.round(performance.now() - startedAt), error: messageOf(error)});
		trouble(error);
	}
	return undefined;
};

const wantsKept = ({events}: Session, keep: TestOptions['keep']): boolean => {
	if (keep !== 'failed') return keep === 'always';
	const {failed, broken} = fold(events()).counts;
	return failed + broken > 0;
};

const borrow = (session: Session, {cluster, target}: Source & {made: false}, {tidy}: ClusterWork): Hold => async use => {
	const release = await lease(cluster.id, cluster.dir);
	try {
		await use(cluster);
	} catch (error) {
		if (!session.signal.aborted) session.emit({type: 'target-failed', target: targetKey(target), problem: problemOf(error, text => text)});
	}
	try {
		await tidy(cluster, session.id);
	} catch (cause) {
		session.trouble(new Error(`what this run made in cluster ${cluster.id} (label vipcheck.run=${session.id}) could not be removed: ${causesOf(cause).join(': ')}`, {cause}));
	} finally {
		await release();
	}
	return undefined;
};

const runChecks = async (session: Session, cluster: ClusterRef, mode: Mode, plan: readonly PlannedCheck[], repeat: number, work: ClusterWork): Promise<void> => {
	const {id, dir, emit, signal, silentMs} = session;
	const chosen = toRun(plan);
	// Most of a check is waiting: for pods, for rules, for a lost packet's timeout.
	const seats = Math.min(8, Math.max(4, 2 * availableParallelism()));
	const key = targetKey(cluster.target);
	await writeRunPlan(dir.path, {runId: id, target: key, cluster, mode, families: ['ipv4'], checks: plan, repeat});
	const locks = await serveLocks(seats);
	try {
		const end = await work.runSuites({
			runDir: dir.path, files: [...new Set(chosen.map(check => suiteFileOf(check.id)))], locks: locks.path, concurrency: seats, signal, silentMs,
			silenceLimitMs: Math.max(...chosen.map(({budgetMs}) => budgetMs)) + RUNNER_SILENCE_MARGIN_MS,
		});
		if (!signal.aborted) emit({type: 'runner-exited', target: key, ...end});
	} finally {
		await locks.close();
	}
};

const problemOf = (error: unknown, show: (text: string) => string): Problem => {
	const causes = causesOf(error).map(show);
	return {summary: causes[0]?.split('\n')[0] ?? 'an error without a message', expected: 'a cluster that can be checked', observed: causes.join('\n'), reproduce: []};
};
