import type {CheckRun, TargetRun} from '../record/run.ts';
import {isCut} from '../record/unfinished.ts';
import type {Mode} from '../target.ts';
import type {ClaimVerdict, Judge, Judged} from './claim.ts';

/** The runs of a check or a row by its own id: one, or one for each family. */
export const runsOf = ({checks}: TargetRun, id: string): readonly CheckRun[] =>
	checks.filter(check => check.id.replace(/@[^/]*$/, '') === id && !check.fault);

const idsOf = (runs: readonly CheckRun[]): readonly string[] => runs.map(({id}) => id);

type Seen = {readonly passed: readonly CheckRun[]} | {readonly red: CheckRun} | Judged;

/** A family that a check is not about says nothing, where the check was seen over the other one. */
const telling = (runs: readonly CheckRun[]): readonly CheckRun[] => {
	const some = runs.filter(({skip}) => skip?.kind !== 'not-applicable');
	return some.length > 0 ? some : runs;
};

/** Whether all of these checks passed; else the red one, or why there is none to see. */
const look = (target: TargetRun, ids: readonly string[]): Seen => {
	const runs = ids.map(id => ({id, runs: telling(runsOf(target, id))}));
	const all = runs.flatMap(one => one.runs);
	const red = all.find(({outcome}) => outcome === 'failed' || outcome === 'known');
	if (red) return {red};
	const broken = all.find(({outcome}) => outcome === 'broken');
	if (broken)
		return {
			verdict: 'not tested',
			why: `${broken.id} could not observe it: ${broken.problem?.summary ?? 'no reason given'}`,
			checks: [broken.id],
		};
	const missing = runs.find(one => one.runs.length === 0);
	if (missing) return {verdict: 'not tested', why: `no check ${missing.id} in this run`, checks: []};
	const skipped = all.find(({outcome}) => outcome === 'skipped');
	if (skipped?.skip?.kind === 'filtered')
		return {verdict: 'not tested', why: `${skipped.id} was left out: ${skipped.skip.detail}`, checks: [skipped.id]};
	if (skipped && isCut(skipped))
		return {verdict: 'not tested', why: `${skipped.id} has no result: ${skipped.skip?.detail ?? ''}`, checks: [skipped.id]};
	if (skipped) return {verdict: 'not testable here', why: `${skipped.id}: ${skipped.skip?.detail ?? ''}`, checks: [skipped.id]};
	return {passed: all};
};

const list = (ids: string | readonly string[]): readonly string[] => (typeof ids === 'string' ? [ids] : ids);

const ofRed = ({id, outcome, problem}: CheckRun): Pick<Judged, 'why' | 'checks'> => ({
	why: `${id} ${outcome === 'failed' ? 'failed' : `is ${outcome}`}: ${problem?.summary ?? ''}`,
	checks: [id],
});

/** Checks whose passing shows `verdict`; one that is red shows nothing, unless `red` says what it shows. */
const shown =
	(ids: string | readonly string[], verdict: ClaimVerdict, why: string, red: ClaimVerdict): Judge =>
	target => {
		const seen = look(target, list(ids));
		if ('verdict' in seen) return seen;
		if ('red' in seen) return {verdict: red, ...ofRed(seen.red)};
		return {verdict, why, checks: idsOf(seen.passed)};
	};

/** The statement is what these checks prove: it holds where they pass, and does not where one is red. */
export const provedBy = (ids: string | readonly string[], why: string): Judge => shown(ids, 'holds', why, 'does not hold');

/** Where these checks pass the statement is wrong; where one is red nothing is said. */
export const refutedBy = (ids: string | readonly string[], why: string): Judge => shown(ids, 'does not hold', why, 'unclear');

/** Where these checks pass the statement holds; where one is red nothing is said: it proves more than the statement. */
export const supportedBy = (ids: string | readonly string[], why: string): Judge => shown(ids, 'holds', why, 'unclear');

/** A statement about some modes; in others it says nothing. */
export const inModes =
	(judges: Partial<Readonly<Record<Mode, Judge>>>): Judge =>
	target => {
		const judge = judges[target.spec.mode as Mode];
		if (judge) return judge(target);
		return {
			verdict: 'not testable here',
			why: `it is about ${Object.keys(judges).join(', ')} mode; this cluster runs ${target.spec.mode}`,
			checks: [],
		};
	};

export const inMode = (mode: Mode, judge: Judge): Judge => inModes({[mode]: judge});

/** Nothing measures it, with what would be needed. */
export const notTested =
	(why: string): Judge =>
	() => ({verdict: 'not tested', why, checks: []});

export const notTestable =
	(why: string): Judge =>
	() => ({verdict: 'not testable here', why, checks: []});

/** Judges by what checks that passed have measured: `say` gets their runs. */
export const measured =
	(ids: string | readonly string[], say: (runs: readonly CheckRun[]) => Omit<Judged, 'checks'>): Judge =>
	target => {
		const seen = look(target, list(ids));
		if ('verdict' in seen) return seen;
		if ('red' in seen) return {verdict: 'unclear', ...ofRed(seen.red)};
		return {...say(seen.passed), checks: idsOf(seen.passed)};
	};
