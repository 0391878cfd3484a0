import {symlink} from 'node:fs/promises';
import {join} from 'node:path';
import type {ClusterFacts, PlannedCheck, Problem} from '../events.ts';
import {fold} from '../fold.ts';
import {targetKey} from '../target.ts';
import type {ClusterRef, Mode} from '../target.ts';
import {causesOf, messageOf} from '../usage.ts';
import {claimCluster, clusterDir} from './claim.ts';
import type {Job} from './job.ts';
import {lease} from './lease.ts';
import {makeCluster} from './make-cluster.ts';
import type {Keep, RunOptions} from './options.ts';
import {markKept} from './owner.ts';
import {ALL_CAPABILITIES, capabilitiesOf, toRun} from './plan.ts';
import type {Session} from './session.ts';
import type {Source} from './source.ts';
import {takeDown} from './take-down.ts';

/** What a run does with a cluster; a test puts others in their place. */
export type ClusterWork = {
	prepare(cluster: ClusterRef, runId: string, signal: AbortSignal): Promise<ClusterFacts>;
	tidy(cluster: ClusterRef, runId: string): Promise<void>;
};

/** Does a job on one target, from the cluster's making to its end. Tells what happens as events; throws nothing for what a cluster does. */
export const runOnTarget = async (session: Session, source: Source, {keep}: Pick<RunOptions, 'keep'>, job: Job, work: ClusterWork): Promise<void> => {
	const {emit, signal} = session;
	const key = targetKey(source.target);
	const plan = job.plan(source.target, source.made ? ALL_CAPABILITIES : capabilitiesOf(source.cluster));
	const announce = (planned: readonly PlannedCheck[]): void => emit({type: 'target-planned', target: key, spec: source.target, reason: source.reason, checks: planned});
	announce(plan);
	let kept: string | undefined;
	if (toRun(plan).length > 0) {
		const holding = source.made ? makeAndHold(session, source, keep) : borrow(session, source, work);
		kept = await holding(async cluster => {
			const facts = await work.prepare(cluster, session.id, signal);
			emit({type: 'cluster-ready', target: key, facts});
			if (facts.mode !== source.target.mode) throw new Error(`kube-proxy runs in mode ${facts.mode}, not ${source.target.mode}`);
			const final = source.made ? job.plan(source.target, capabilitiesOf(cluster)) : plan;
			if (toRun(final).length !== toRun(plan).length) announce(final);
			await job.run(session, cluster, facts.mode as Mode, final);
		});
	}
	emit({type: 'target-finished', target: key, ...(kept === undefined ? {} : {kept})});
};

/** Uses a cluster for some work, and brings it to its end afterwards; answers how it was kept, where it was. */
type Hold = (use: (cluster: ClusterRef) => Promise<void>) => Promise<string | undefined>;

const makeAndHold = (session: Session, {provider, target}: Source & {made: true}, keep: Keep): Hold => async use => {
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
		if (interrupts.first() === undefined) emit({type: 'target-failed', target: key, problem: problemOf(error, text => text.replaceAll(join(dir, 'logs'), join(session.dir.shown, 'logs')))});
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

const wantsKept = ({events}: Session, keep: Keep): boolean => {
	if (keep !== 'failed') return keep === 'always';
	const {failed, broken} = fold(events()).counts;
	return failed + broken > 0;
};

const borrow = (session: Session, {cluster, target}: Source & {made: false}, {tidy}: ClusterWork): Hold => async use => {
	const release = await lease(cluster.id, cluster.dir);
	try {
		await use(cluster);
	} catch (error) {
		if (session.interrupts.first() === undefined) session.emit({type: 'target-failed', target: targetKey(target), problem: problemOf(error, text => text)});
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

const problemOf = (error: unknown, show: (text: string) => string): Problem => {
	const causes = causesOf(error).map(show);
	return {summary: causes[0]?.split('\n')[0] ?? 'an error without a message', expected: 'a cluster that can be checked', observed: causes.join('\n'), reproduce: []};
};
