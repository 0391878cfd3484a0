import {existsSync} from 'node:fs';
import {mkdir, rename, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import type {PlannedCheck, Problem} from '../record/events.ts';
import {count, fold} from '../record/fold.ts';
import {targetDir} from '../record/run-plan.ts';
import {modeOf, targetKey} from '../target.ts';
import type {ClusterRef} from '../target.ts';
import {causesOf, messageOf} from '../usage.ts';
import {clusterDir, outliveOwner, ownMeanwhile, ownNew} from '../cluster/owner.ts';
import {newId} from '../cluster/id.ts';
import {makeCluster} from '../cluster/make-cluster.ts';
import type {Keep} from '../options/options.ts';
import {ALL_CAPABILITIES, capabilitiesOf} from '../check/needs.ts';
import {toRun} from './plan.ts';
import {withAddOns} from './add-ons.ts';
import type {Job, Session} from './session.ts';
import type {Source} from './targets.ts';
import {takeDown} from '../cluster/take-down.ts';
import type {World} from './world.ts';

/**
 * Does a job on every target, as many at a time as the session says; what each will run is announced before the first begins. Answers when
 * all
 * have come to their end, whatever happened to one of them.
 */
export const runOnTargets = async (
	session: Session,
	sources: readonly Source[],
	keep: Keep,
	job: Job,
	world: Pick<World, 'prepare' | 'putIn' | 'tidy'>,
): Promise<void> => {
	const waiting: (() => Promise<void>)[] = [];
	for (const source of sources) {
		const plan = job.plan(source.target, source.made ? ALL_CAPABILITIES : await capabilitiesOf(source.cluster));
		announce(session, source, plan);
		waiting.push(async () => runOnTarget(session, source, plan, keep, job, world));
	}
	const lane = async (): Promise<void> => {
		for (let next = waiting.shift(); next && !session.signal.aborted; next = waiting.shift())
			// What keeps one target from being checked is told, and keeps no other.
			await next().catch((error: unknown) => {
				if (!session.signal.aborted) session.trouble(error);
			});
	};
	await Promise.all(Array.from({length: session.atOnce}, lane));
};

const announce = ({emit}: Session, {target, reason}: Source, checks: readonly PlannedCheck[]): void =>
	emit({type: 'target-planned', target: targetKey(target), spec: target, reason, checks});

/** Does a job on one target, from the cluster's making to its end. Tells what happens as events; throws nothing for what a cluster does. */
const runOnTarget = async (
	session: Session,
	source: Source,
	plan: readonly PlannedCheck[],
	keep: Keep,
	job: Job,
	world: Pick<World, 'prepare' | 'putIn' | 'tidy'>,
): Promise<void> => {
	const {emit, signal, id: runId} = session;
	const {target} = source;
	const key = targetKey(target);
	let kept: string | undefined;
	if (toRun(plan).length > 0) {
		await mkdir(join(session.dir.path, targetDir(key)), {recursive: true});
		const withCluster = source.made ? withNew(session, source, keep) : withKept(session, source, world);
		kept = await withCluster(async cluster => {
			const facts = await world.prepare(cluster, runId, signal);
			emit({type: 'cluster-ready', target: key, facts});
			const mode = facts.mode === 'none' ? 'none' : modeOf(facts.mode);
			if (!mode || (target.mode !== 'unknown' && mode !== target.mode))
				throw new Error(`kube-proxy runs in mode ${facts.mode}, not ${target.mode}`);
			const capabilities = await withAddOns(session, target, cluster, plan, world);
			const checks = job.plan({...target, mode}, capabilities);
			if (toRun(checks).length !== toRun(plan).length) announce(session, source, checks);
			await job.run(session, {runId, target: key, cluster, mode, checks, repeat: 1});
		});
	}
	emit({type: 'target-finished', target: key, ...(kept === undefined ? {} : {kept})});
};

/** Uses a cluster for some work, and brings it to its end afterwards; answers how it was kept, where it was. */
type WithCluster = (use: (cluster: ClusterRef) => Promise<void>) => Promise<string | undefined>;

const withNew =
	(session: Session, {provider, target}: Source & {made: true}, keep: Keep): WithCluster =>
	async use => {
		const {emit, signal, interrupts, trouble} = session;
		const id = newId();
		const key = targetKey(target);
		const dir = clusterDir(id);
		const logsTo = join(session.dir.path, targetDir(key), 'logs');
		const shown = join(session.dir.shown, targetDir(key), 'logs');
		let cluster: ClusterRef | undefined;
		signal.throwIfAborted();
		await ownNew(dir, provider.name);
		emit({type: 'cluster-owned', target: key, cluster: id});
		try {
			await makeWay(logsTo);
			await symlink(join(dir, 'logs'), logsTo);
			cluster = await makeCluster({provider, target, id, dir, emit, signal, logs: shown, below: targetDir(key)});
			await use(cluster);
		} catch (error) {
			if (interrupts.first() === undefined)
				emit({
					type: 'target-failed',
					target: key,
					problem: problemOf(error, text => text.replaceAll(join(dir, 'logs'), shown)),
				});
		}
		if (cluster && !signal.aborted && wantsKept(session, key, keep)) {
			await outliveOwner(dir);
			return [`cluster ${id}, until \`vipcheck down ${id}\``, ...cluster.usage].join('; ');
		}
		const startedAt = performance.now();
		emit({type: 'step-started', target: key, step: 'take down'});
		const finished = (error?: string): void =>
			emit({
				type: 'step-finished',
				target: key,
				step: 'take down',
				ms: Math.round(performance.now() - startedAt),
				...(error === undefined ? {} : {error}),
			});
		try {
			await takeDown(provider, {id, dir}, {logsTo, signals: interrupts.count});
			finished();
		} catch (error) {
			finished(messageOf(error));
			trouble(error);
		}
		return undefined;
	};

/** The logs of an earlier part of a run that is resumed stay beside the new ones. */
const makeWay = async (path: string): Promise<void> => {
	if (existsSync(path)) await rename(path, `${path}-until-${Date.now()}`);
};

const wantsKept = ({events}: Session, key: string, keep: Keep): boolean => {
	if (keep !== 'failed') return keep === 'always';
	const {failed, broken} = count(fold(events()).targets.find(target => target.key === key)?.checks ?? []);
	return failed + broken > 0;
};

const withKept =
	(session: Session, {cluster, target}: Source & {made: false}, {tidy}: Pick<World, 'tidy'>): WithCluster =>
	async use => {
		const release = await ownMeanwhile(cluster.id, cluster.dir);
		session.emit({type: 'cluster-owned', target: targetKey(target), cluster: cluster.id});
		try {
			await use(cluster);
		} catch (error) {
			if (session.interrupts.first() === undefined)
				session.emit({type: 'target-failed', target: targetKey(target), problem: problemOf(error, text => text)});
		}
		try {
			await tidy(cluster, session.id);
		} catch (cause) {
			session.trouble(
				new Error(
					`what this run made in cluster ${cluster.id} (label vipcheck.run=${session.id}) could not be removed: ` +
						`${causesOf(cause).join(': ')}`,
					{cause},
				),
			);
		} finally {
			await release();
		}
		return undefined;
	};

const problemOf = (error: unknown, show: (text: string) => string): Problem => {
	const causes = causesOf(error).map(show);
	return {
		summary: causes[0]?.split('\n')[0] ?? 'an error without a message',
		expected: 'a cluster that can be checked',
		observed: causes.join('\n'),
		reproduce: [],
	};
};
