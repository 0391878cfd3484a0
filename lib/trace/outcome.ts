import {hostPort} from '../model/address.ts';
import type {Backend, Verdict, VerdictPart} from '../model/verdict.ts';
import type {Journey} from './journey.ts';
import {newBudget, type Path, type Quote, type Trail, type Walk} from './path.ts';
import type {Ended} from './step.ts';

const quoted = ({where, text}: Quote): string => `${where}: ${text()}`;

/** From the base chain's rule on. */
const rulesOf = (trail: Trail | undefined): readonly Quote[] => {
	const rules: Quote[] = [];
	for (let at = trail; at; at = at.before) rules.unshift(at.rule);
	return rules;
};

/** The rule that decides for all: the last that all ways have in common. */
const decisive = (trails: readonly (Trail | undefined)[]): string | undefined => {
	const [first = [], ...others] = trails.map(rulesOf);
	const shared = first.findLastIndex((each, at) => others.every(other => other[at] === each));
	const at = shared === -1 ? first.length - 1 : shared;
	const [before, rule] = [first[at - 1], first[at]];
	// A chain that many lead to does not tell why.
	return rule && (before ? `${quoted(rule)}, reached by ${quoted(before)}` : quoted(rule));
};

const addressOf = ({destination, port}: Path): string => hostPort(destination.text, port);

/** How long a client that comes again is led to the same backend without fail; undefined: it is not, or not always. */
const stickyOf = (path: Path, start: Path, journey: Journey, walk: Walk): number | undefined => {
	if (path.remembered.length === 0) return undefined;
	const again = journey(start, {...walk, memory: new Set(path.remembered), budget: newBudget()});
	const isSame = again.every(
		({path: then, end}) => end === 'accept' && then.recognised !== undefined && addressOf(then) === addressOf(path),
	);
	return isSame ? Math.min(...again.map(({path: then}) => then.recognised ?? 0)) : undefined;
};

const backendsOf = (paths: readonly Path[]): readonly Backend[] => {
	const total = paths.reduce((sum, {probability}) => sum + probability, 0);
	return [...Map.groupBy(paths, path => `${addressOf(path)} ${path.rewritten !== undefined}`).values()].map(same => ({
		ip: same[0]!.destination.text,
		port: same[0]!.port,
		probability: same.reduce((sum, {probability}) => sum + probability, 0) / total,
		source: same[0]!.rewritten ? 'rewritten' : 'kept',
	}));
};

const toBackends = (paths: readonly Path[], start: Path, journey: Journey, walk: Walk): Verdict => {
	const times = paths.map(path => stickyOf(path, start, journey, walk));
	const [sticky] = times;
	const isSame = times.every(seconds => seconds === sticky);
	const rewritten = paths.filter(path => path.rewritten);
	const notes = [
		...(isSame
			? []
			: [
					'a client stays for a different time with each: ' +
						paths
							.map((path, at) => `${addressOf(path)} ${times[at] === undefined ? 'not at all' : `${times[at]} s`}`)
							.join(', '),
				]),
		...(rewritten.length > 0 ? [`source rewritten by ${decisive(rewritten.map(path => path.rewritten))}`] : []),
	];
	return {
		kind: 'backends',
		because: [decisive(paths.map(path => path.translated)), ...notes].join('; '),
		...(isSame && sticky !== undefined && {sticky}),
		backends: backendsOf(paths),
	};
};

const NO_RULE = 'no rule translates, drops or refuses it';

const KINDS = {drop: 'dropped', refuse: 'refused', unknown: 'unknown'} as const;

const sumOf = (ended: readonly Ended[]): number => ended.reduce((sum, {path}) => sum + path.probability, 0);

/** Rules that let the packet through, and would not let through many such. */
const limitsOf = (ended: readonly Ended[]): string => {
	const rules = new Set(ended.flatMap(({path: {limits}}) => limits.map(quoted)));
	return rules.size === 0 ? '' : `; limited by ${[...rules].join(', and by ')}`;
};

/** What all ways of one packet come to. `start` and `journey` are needed to send it again, as a client that is remembered. */
export const verdictFrom = (ended: readonly Ended[], start: Path, journey: Journey, walk: Walk): Verdict => {
	const groups = Map.groupBy(ended, ({end, path}) =>
		end !== 'accept' && end !== 'return'
			? KINDS[end]
			: path.translated
				? 'backends'
				: walk.place.isLocal(path.destination)
					? 'node'
					: 'leaves',
	);
	const unknown = groups.get('unknown');
	if (unknown)
		return {kind: 'unknown', because: [unknown[0]!.why ?? 'not understood', decisive([unknown[0]!.by])].filter(Boolean).join(', at ')};
	const parts = [...groups].map(([kind, each]): VerdictPart => {
		const paths = each.map(({path}) => path);
		const probability = sumOf(each);
		if (kind === 'backends') return {probability, verdict: toBackends(paths, start, journey, walk)};
		const where = paths[0]!.destination.text;
		if (kind === 'node') return {probability, verdict: {kind, because: `${where} is an address of the node, and ${NO_RULE}`}};
		if (kind === 'leaves') return {probability, verdict: {kind, because: `${where} is elsewhere, and ${NO_RULE}`}};
		return {probability, verdict: {kind, because: decisive(each.map(({by}) => by)) ?? NO_RULE}};
	});
	const [only] = parts;
	const limited = limitsOf(ended);
	if (parts.length === 1 && only) return {...only.verdict, because: `${only.verdict.because}${limited}`};
	return {
		kind: 'mixed',
		parts,
		because: parts
			.map(({probability, verdict}) => `${Number((probability * 100).toFixed(2))} % ${verdict.kind} (${verdict.because})`)
			.join('; ')
			.concat(limited),
	};
};
