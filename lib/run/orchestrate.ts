import {createConsole} from '../../reports/console.ts';
import {writeReports} from '../../reports/scan.ts';
import {newId} from '../cluster/id.ts';
import {orderlyEnd} from '../ending.ts';
import {faultsOf} from '../faults/tools/load.ts';
import {withStandard} from '../options/options.ts';
import type {RunOptions} from '../options/options.ts';
import type {Event} from '../record/events.ts';
import type {Run} from '../record/run.ts';
import {exitCode, fold} from '../record/fold.ts';
import {followEvents} from '../record/follow.ts';
import {openJournal} from '../record/journal.ts';
import {UsageError, causesOf} from '../usage.ts';
import {faultsJob} from './fault-run.ts';
import {readHistory, recordHistory} from './history.ts';
import {hostFacts, ownSources, ownVersion} from './host-facts.ts';
import {serveLocks} from './locks.ts';
import {runOnTargets} from './on-target.ts';
import {requireMatch} from './require-match.ts';
import {mendEvents, readEarlier} from './resume.ts';
import type {Earlier} from './resume.ts';
import {chooseRunDir, makeRunDir} from './run-dir.ts';
import type {RunDir} from './run-dir.ts';
import type {Job, Session} from './session.ts';
import {suitesJob} from './suites.ts';
import {besideEachOther, chooseTargets, roomHere, seatsWith} from './targets.ts';
import type {World} from './world.ts';

/** Runs the checks and writes the reports; answers the exit code. Throws UsageError, with nothing changed, for what cannot be done. */
export const runTests = async (options: RunOptions, world: World): Promise<number> => {
	const checks = await world.checks();
	const {match, repeat, resume} = withStandard(options);
	const earlier = resume === undefined ? undefined : await readEarlier(resume, options);
	const wanted = {...options, ...earlier?.asked};
	requireMatch(checks, match, wanted);
	return runJob(wanted, world, suitesJob(checks, {match, repeat}, world, earlier), earlier);
};

/**
 * Proves that the checks go red by faults, and writes the reports; answers the exit code. Throws UsageError, with nothing changed, for what
 * cannot be done.
 */
export const runFaults = async (options: RunOptions, world: World): Promise<number> => {
	const [faults, checks] = await Promise.all([world.faults(), world.checks()]);
	const {match, fault: only, others} = withStandard(options);
	const unknown = only.filter(id => faultsOf(id, faults).length === 0);
	if (unknown.length > 0)
		throw new UsageError(`--fault ${unknown.join(',')}: there is no such fault; there are ${faults.map(({id}) => id).join(', ')}`);
	requireMatch(checks, match, options);
	return runJob(options, world, faultsJob(checks, faults, {match, only, others}, world));
};

/**
 * Does a job on the targets of the options and writes the reports; answers the exit code. Throws UsageError, with nothing changed, for what
 * cannot be done.
 */
const runJob = async (options: RunOptions, world: World, job: Job, earlier?: Earlier): Promise<number> => {
	if (options.history !== undefined) await readHistory(options.history);
	const id = earlier?.id ?? newId();
	const dir = earlier?.dir ?? (await chooseRunDir(options.out, id));
	const chosen = await chooseTargets(options, world.providers);
	const targets = chosen.map(({target}) => target);
	const {atOnce, why} = besideEachOther(targets, roomHere());
	const sources = chosen.map(source => ({...source, reason: [source.reason, why].filter(Boolean).join('; ')}));
	if (earlier) await mendEvents(dir);
	else await makeRunDir(dir, options.out);
	const seats = seatsWith(job.seats, targets);
	const locks = await serveLocks(seats);
	try {
		return await withSession({id, dir, seats}, options, world, async session =>
			runOnTargets({...session, locks: locks.path, atOnce}, sources, withStandard(options).keep, job, world),
		);
	} finally {
		await locks.close();
	}
};

/** Records, shows and, at its end, reports what some work does; a signal or an error that nobody caught brings it to an orderly end. */
const withSession = async (
	{
		id,
		dir,
		seats,
	}: {
		readonly id: string;
		readonly dir: RunDir;
		readonly seats: number;
	},
	options: RunOptions,
	world: World,
	work: (session: Omit<Session, 'locks' | 'atOnce'>) => Promise<void>,
): Promise<number> => {
	const {interrupts, crashes, err} = world;
	const troubles: unknown[] = [];
	const ending = orderlyEnd(interrupts, crashes, error => troubles.push(error));
	const journal = openJournal(dir.path, error => ending.end(error));
	const shown = createConsole(world.out, {dir: dir.shown, quiet: withStandard(options).quiet});
	const lastEventAt = new Map<string, number>();
	const follower = followEvents(dir.path, (event: Event) => {
		if ('target' in event) lastEventAt.set(event.target, Date.now());
		shown.event(event);
	});
	interrupts.guard((signal, count) => {
		if (count === 1) journal.emit({type: 'interrupted', signal});
		if (count === 2) err('what was made is being taken down first; that takes a few seconds');
	});

	const [vipcheck, host, sources] = await Promise.all([ownVersion(), hostFacts(), ownSources()]);
	journal.emit({type: 'run-started', id, command: options.command, vipcheck, host, seats, sources});
	try {
		await work({
			id,
			dir,
			emit: journal.emit,
			signal: ending.signal,
			interrupts,
			trouble: error => troubles.push(error),
			events() {
				follower.look();
				return follower.events;
			},
			silentMs: target => Date.now() - (lastEventAt.get(target) ?? Date.now()),
		});
	} catch (error) {
		// What ended the run early has been told already.
		if (!ending.signal.aborted) troubles.push(error);
	}
	journal.emit({type: 'run-finished'});
	follower.stop();
	ending.stop();

	const unrecorded = journal.failure();
	const {history} = options;
	const folded = fold(follower.events);
	const run =
		history === undefined || unrecorded
			? folded
			: await recordHistory(history, dir.path, folded).catch((error: unknown) => {
					troubles.push(error);
					return folded;
				});
	if (!unrecorded) await writeReports(run, dir.path).catch((error: unknown) => troubles.push(error));
	for (const trouble of unrecorded ? [unrecorded, ...troubles] : troubles) err(causesOf(trouble).join(': '));
	if (unrecorded) return interrupts.first() === undefined ? 2 : 130;
	shown.end();
	return codeOf(run, troubles.length > 0, withStandard(options).strict);
};

const codeOf = (run: Run, trouble: boolean, strict: boolean): number => {
	const code = exitCode(run);
	if (code !== 0) return code;
	if (trouble) return 2;
	const {known} = run.counts;
	const unsupported = run.targets.flatMap(({checks}) => checks).some(({skip}) => skip?.kind === 'unsupported');
	return strict && (known > 0 || unsupported) ? 1 : 0;
};
