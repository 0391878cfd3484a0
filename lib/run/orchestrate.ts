import type {Provider} from '../../clusters/provider.ts';
import {createConsole} from '../../reports/console.ts';
import type {Out} from '../../reports/console.ts';
import {writeReports} from '../../reports/scan.ts';
import type {Run} from '../events.ts';
import {exitCode, fold} from '../fold.ts';
import {causesOf} from '../usage.ts';
import type {FoundCheck} from './checks.ts';
import {requireMatch} from './require-match.ts';
import {orderlyEnd} from './ending.ts';
import type {Crashes} from './ending.ts';
import {followEvents} from './follow.ts';
import {hostFacts, ownVersion} from './host-facts.ts';
import type {Interrupts} from './interrupts.ts';
import type {Job} from './job.ts';
import {openJournal} from './journal.ts';
import {runOnTarget} from './on-target.ts';
import type {ClusterWork} from './on-target.ts';
import type {RunOptions, TestOptions} from './options.ts';
import {chooseRunDir, makeRunDir} from './run-dir.ts';
import type {RunDir} from './run-dir.ts';
import {newId} from './run-id.ts';
import type {RunnerEnd, RunnerInput} from './runner.ts';
import type {Session} from './session.ts';
import {chooseSource} from './source.ts';
import {suitesJob} from './suites-job.ts';

/** What a run needs of the world; a test puts others in their place. */
export type JobWorld = {
	providers(): Promise<readonly Provider[]>;
	readonly work: ClusterWork;
	readonly interrupts: Interrupts;
	readonly crashes: Crashes;
	readonly out: Out;
	/** Tells what is no part of the report. */
	err(line: string): void;
};

/** What a run of the suites needs besides. */
export type World = JobWorld & {checks(): Promise<readonly FoundCheck[]>; readonly work: {runSuites(input: RunnerInput): Promise<RunnerEnd>}};

/** Runs the checks and writes the reports; answers the exit code. Throws UsageError, with nothing changed, for what cannot be done. */
export const runTests = async (options: TestOptions, world: World): Promise<number> => {
	const checks = await world.checks();
	requireMatch(checks, options.match, options);
	return runJob(options, world, suitesJob(checks, options, world.work.runSuites));
};

/** Does a job on the target of the options and writes the reports; answers the exit code. Throws UsageError, with nothing changed, for what cannot be done. */
export const runJob = async (options: RunOptions, world: JobWorld, job: Job): Promise<number> => {
	const id = newId();
	const dir = await chooseRunDir(options.out, id);
	const source = await chooseSource(options, world.providers);
	await makeRunDir(dir, options.out);
	return withSession(id, dir, options, world, async session => runOnTarget(session, source, options, job, world.work));
};

const withSession = async (id: string, dir: RunDir, options: RunOptions, world: JobWorld, work: (session: Session) => Promise<void>): Promise<number> => {
	const {interrupts, crashes, err} = world;
	const troubles: unknown[] = [];
	const ending = orderlyEnd(interrupts, crashes, error => troubles.push(error));
	const journal = openJournal(dir.path, error => ending.end(error));
	const shown = createConsole(world.out, {dir: dir.shown});
	let lastEventAt = Date.now();
	const follower = followEvents(dir.path, event => {
		lastEventAt = Date.now();
		shown.event(event);
	});
	interrupts.guard((signal, count) => {
		if (count === 1) journal.emit({type: 'interrupted', signal});
		if (count === 2) err('what was made is being taken down first; that takes a few seconds');
	});

	journal.emit({type: 'run-started', id, command: options.command, vipcheck: await ownVersion(), host: await hostFacts()});
	try {
		await work({
			id, dir, emit: journal.emit, signal: ending.signal, interrupts, trouble: error => troubles.push(error),
			events() {
				follower.look();
				return follower.events;
			},
			silentMs: () => Date.now() - lastEventAt,
		});
	} catch (error) {
		// What ended the run early has been told already.
		if (!ending.signal.aborted) troubles.push(error);
	}
	journal.emit({type: 'run-finished'});
	follower.stop();
	ending.stop();

	const unrecorded = journal.failure();
	const run = fold(follower.events);
	if (!unrecorded) await writeReports(run, dir.path).catch((error: unknown) => troubles.push(error));
	for (const trouble of unrecorded ? [unrecorded, ...troubles] : troubles) err(causesOf(trouble).join(': '));
	if (unrecorded) return interrupts.first() === undefined ? 2 : 130;
	shown.end();
	return codeOf(run, troubles.length > 0, options.strict);
};

const codeOf = (run: Run, trouble: boolean, strict: boolean): number => {
	const code = exitCode(run);
	if (code !== 0) return code;
	if (trouble) return 2;
	const {known} = run.counts;
	const unsupported = run.targets.flatMap(({checks}) => checks).some(({skip}) => skip?.kind === 'unsupported');
	return strict && (known > 0 || unsupported) ? 1 : 0;
};
