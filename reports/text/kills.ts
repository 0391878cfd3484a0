import type {Layer} from '../../lib/record/events.ts';
import type {CheckRun, Run, TargetRun} from '../../lib/record/run.ts';
import {isCut} from '../../lib/record/unfinished.ts';
import {oneLine} from './clean.ts';

/** What became of one fault at one check. */
export type Kill = {
	readonly fault: string;
	/** The layer that it breaks. */
	readonly layer: Layer;
	readonly check: string;
	/**
	 * killed: the check went red; survived: it stayed green; also red: it went red though it does not name the fault; unseen: it was not
	 * observed, with the reason; left out: it was not tried, with the reason.
	 */
	readonly state: 'killed' | 'survived' | 'also red' | 'unseen' | 'left out';
	/** The layer that the red named. */
	readonly named?: Layer;
	/** The red named the node and the layer of the fault. */
	readonly right?: boolean;
	readonly why?: string;
};

export type KillMatrix = {
	readonly target: string;
	readonly kills: readonly Kill[];
	/** Pairs that were tried, of checks with faults that they name. */
	readonly tried: number;
	readonly killed: number;
	readonly layerRight: number;
	/** Checks that are red with all faults out: their kills prove nothing. */
	readonly redAnyway: readonly string[];
};

const stateOf = ({skip, said, outcome, fault}: CheckRun): Kill['state'] => {
	if (skip && !isCut({skip})) return 'left out';
	if (said?.outcome === 'failed') return fault?.other ? 'also red' : 'killed';
	return said?.outcome === 'passed' && outcome !== 'broken' ? 'survived' : 'unseen';
};

const killOf = (check: CheckRun): readonly Kill[] => {
	const {fault, said, skip, problem, outcome} = check;
	if (!fault) return [];
	const state = stateOf(check);
	// Nothing is asked of a check that does not name the fault.
	if (fault.other && state !== 'also red') return [];
	const why = skip?.detail ?? (outcome === 'passed' ? undefined : problem?.summary);
	return [
		{
			fault: fault.id,
			layer: fault.layer,
			check: fault.check,
			state,
			...(said?.layer && {named: said.layer}),
			...(state === 'killed' && {right: outcome === 'passed'}),
			...(why !== undefined && {why: oneLine(why)}),
		},
	];
};

const matrixOf = ({key, checks}: TargetRun): KillMatrix => {
	const kills = checks.flatMap(killOf).toSorted((a, b) => (a.fault < b.fault ? -1 : a.fault > b.fault ? 1 : 0));
	const tried = kills.filter(({state}) => state !== 'left out' && state !== 'also red');
	return {
		target: key,
		kills,
		tried: tried.length,
		killed: kills.filter(({state}) => state === 'killed').length,
		layerRight: kills.filter(({state, layer, named}) => state === 'killed' && named === layer).length,
		redAnyway: checks.filter(({fault, outcome}) => !fault && (outcome === 'failed' || outcome === 'broken')).map(({id}) => id),
	};
};

/** Which fault was seen by which check, for each target of a fault run; none for a run without faults. */
export const killsOf = (run: Run): readonly KillMatrix[] => run.targets.map(matrixOf).filter(({kills}) => kills.length > 0);

const percent = (part: number, whole: number): string => (whole === 0 ? '' : ` (${Math.floor((100 * part) / whole)} %)`);

/** The sentence over a matrix. */
export const killsLine = ({target, tried, killed, layerRight}: KillMatrix): string =>
	[
		`${target}: ${killed} of ${tried} pairs of fault and check killed${percent(killed, tried)}`,
		`the layer right in ${layerRight}${percent(layerRight, killed)}`,
	].join(', ');

/** What is said of one pair: `killed`, `killed, layer dns instead of rules`, `survived`, … */
export const killText = ({state, right, named, layer, why}: Kill): string => {
	if (state !== 'killed') return why === undefined ? state : `${state}: ${why}`;
	if (right) return 'killed';
	return named === layer ? `killed, but ${why ?? 'not as it must be'}` : `killed, layer ${named ?? 'not named'} instead of ${layer}`;
};

/** The matrix as plain text: a fault with its layer, below it each of its checks. Pairs that were left out are counted only. */
export const killsText = (matrix: KillMatrix): string => {
	const shown = matrix.kills.filter(({state}) => state !== 'left out');
	const left = matrix.kills.length - shown.length;
	const width = Math.max(0, ...shown.map(({check}) => check.length));
	return [
		killsLine(matrix),
		...[...Map.groupBy(shown, ({fault}) => fault)].flatMap(([fault, kills]) => [
			`  ${fault} (${kills[0]!.layer})`,
			...kills.map(kill => `    ${kill.check.padEnd(width)}  ${killText(kill)}`),
		]),
		...(left > 0 ? [`  ${left} pairs left out`] : []),
		...(matrix.redAnyway.length > 0 ? [`  red with all faults out, too: ${matrix.redAnyway.join(', ')}`] : []),
	].join('\n');
};
