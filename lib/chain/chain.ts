import type {Layer} from '../record/events.ts';

/**
 * ok: as it must be. broken: explains the red. aside: not as it must be, but what is wrong elsewhere is not its doing (kube-proxy hangs,
 * yet the rule that is gone had been there). unknown: could not be looked at.
 */
export type HopState = 'ok' | 'broken' | 'aside' | 'unknown';

/** One step of the way of a packet, from the API to the cable. */
export type Hop = {
	readonly name: string;
	readonly layer: Layer;
	readonly state: HopState;
	/** One line that names the exact object; for `broken`, `aside` and `unknown`. */
	readonly finding?: string;
	/** All that was seen, a line each. */
	readonly evidence: readonly string[];
};

export type Chain = {
	/** In the order in which they are walked. */
	readonly hops: readonly Hop[];
	/** The first broken hop; left out when none is. */
	readonly broken?: Hop;
};

/** Layers by which the walk names what is injured; `policy` it names only where a rule of one is seen to stop packets, `lb` not yet. */
export const WALKED: readonly Layer[] = [
	'api',
	'endpoints',
	'dns',
	'backend',
	'cni',
	'link',
	'kube-proxy',
	'rules',
	'conntrack',
	'sysctl',
	'host-firewall',
];

/** The chain of hops in their order; its layer is that of the first that is broken. */
export const chainOf = (hops: readonly Hop[]): Chain => {
	const broken = hops.find(({state}) => state === 'broken');
	return {hops, ...(broken && {broken})};
};

type About = Pick<Hop, 'name' | 'layer'>;
export type Finding = {readonly state: Exclude<HopState, 'ok'>; readonly text: string};

const RANK: readonly HopState[] = ['broken', 'unknown', 'aside'];

/** A hop of what was found at it: its state is the worst of them, and its line the first of that state, with the number of others. */
export const hopOf = ({name, layer}: About, findings: readonly Finding[], evidence: readonly string[] = []): Hop => {
	const state = RANK.find(one => findings.some(found => found.state === one)) ?? 'ok';
	const [first, ...others] = findings.filter(found => found.state === state);
	return {
		name,
		layer,
		state,
		...(first && {finding: `${first.text}${others.length > 0 ? ` (and ${others.length} more)` : ''}`}),
		evidence: [...findings.map(({text}) => text), ...evidence],
	};
};

export const broken = (text: string): Finding => ({state: 'broken', text});
export const aside = (text: string): Finding => ({state: 'aside', text});
export const unknown = (text: string): Finding => ({state: 'unknown', text});

/** What of a text was not understood makes its hop unknown, and is shown: it may be what is looked for. */
export const notUnderstood = (
	source: string,
	{
		remainder,
	}: {
		readonly remainder: readonly {
			readonly line: number;
			readonly text: string;
			readonly why: string;
		}[];
	},
): readonly Finding[] => {
	const [first] = remainder;
	if (!first) return [];
	const others = remainder.length > 1 ? ` (and ${remainder.length - 1} more)` : '';
	return [unknown(`${source}: line ${first.line} is not understood: ${first.text.slice(0, 200)} (${first.why})${others}`)];
};

/** What may be wrong where no hop is proven broken: what is not known, with its text. */
export const suspectedOf = ({hops, broken: hop}: Chain): readonly string[] =>
	hop
		? []
		: hops.flatMap(({state, layer, finding, name}) =>
				state === 'unknown' || state === 'aside' ? [`${layer}: ${finding ?? name}`] : [],
			);

/** What a user reads behind the layer's name: the finding, and what could not be looked at before it. */
export const detailOf = ({hops, broken: hop}: Chain): string => {
	if (!hop) return '';
	const before = hops
		.slice(0, hops.indexOf(hop))
		.filter(({state}) => state === 'unknown')
		.map(({name}) => name);
	return `${hop.finding ?? hop.name}${before.length > 0 ? ` (not known: ${before.join(', ')})` : ''}`;
};

const MARKS: Readonly<Record<HopState, string>> = {ok: 'ok     ', broken: 'BROKEN ', aside: 'aside  ', unknown: 'unknown'};

/** The whole chain as text: a line for each hop, with what was seen below it. */
export const chainText = ({hops, broken: hop}: Chain): string =>
	[
		hop ? `first broken: ${hop.layer}: ${hop.finding ?? hop.name}` : 'no broken hop was found',
		...suspectedOf({hops, ...(hop && {broken: hop})}).map(text => `suspected: ${text}`),
		'',
		...hops.flatMap(({name, layer, state, evidence}) => [
			`${MARKS[state]}  ${name} (${layer})`,
			...evidence.map(line => `           ${line.replaceAll('\n', '\n           ')}`),
		]),
		'',
	].join('\n');
