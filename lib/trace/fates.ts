import type {Packet} from '../model/verdict.ts';
import {hostPort} from '../model/address.ts';
import type {BaseChain} from './base-chain.ts';
import {ipOf} from './ip.ts';
import {journeyOf} from './journey.ts';
import {newBudget, startOf, type MarkChange, type Quote, type Trail} from './path.ts';
import {placeOf, type TraceNode} from './place.ts';
import type {Ended} from './step.ts';
import {chainsOf, isTied, type Rules} from './trace.ts';

/** A rule of a dump: where it stands (`filter FORWARD`), and its text. */
export type QuotedRule = {readonly where: string; readonly text: string};

/** One of the things that may become of a packet, with the rules that make it so. */
export type Fate = {
	/** Of all connections like this one. */
	readonly probability: number;
	readonly end: 'accept' | 'drop' | 'refuse' | 'unknown';
	/** Where it goes in the end, `10.0.0.1:80`. */
	readonly to: string;
	/** What ended its way; none: it came to the end of the rules. */
	readonly by?: QuotedRule;
	/** Of `unknown`. */
	readonly why?: string;
	/** What translated its destination, and what rewrote its source. */
	readonly translated?: QuotedRule;
	readonly rewritten?: QuotedRule;
	/** What kept it from all translation, and what let it out of a chain that translates destinations, or sources, before its end. */
	readonly untracked?: QuotedRule;
	readonly letOut?: {readonly destination?: QuotedRule; readonly source?: QuotedRule};
	/** What changed its mark, in order. */
	readonly marks: readonly MarkChange<QuotedRule>[];
	/** It is beyond this limit; left out: it is within all. */
	readonly beyond?: QuotedRule;
};

const quoted = ({where, text}: Quote): QuotedRule => ({where, text: text()});
const last = <Name extends string>(trail: Trail | undefined, name: Name): {readonly [Key in Name]?: QuotedRule} =>
	trail ? ({[name]: quoted(trail.rule)} as {readonly [Key in Name]: QuotedRule}) : {};

const fateOf = ({path, end, by, why}: Ended): Fate => ({
	probability: path.probability,
	end: end === 'return' ? 'accept' : end,
	to: hostPort(path.destination.text, path.port),
	...(end !== 'accept' && last(by, 'by')),
	...(why !== undefined && {why}),
	...last(path.translated ?? path.redirected, 'translated'),
	...last(path.rewritten, 'rewritten'),
	...last(path.untracked, 'untracked'),
	...(path.letOut && {letOut: {...last(path.letOut.destination, 'destination'), ...last(path.letOut.source, 'source')}}),
	marks: (path.marks ?? []).map(({by: trail, ...bits}) => ({...bits, by: quoted(trail.rule)})),
});

/**
 * All that may become of packets on a node, by its rules; where the order of chains is not known, in either order. Unlike a verdict, it
 * holds what is certain beside what is not: what could not be read of the dumps is one unknown fate, and the rest is walked. Where rules
 * limit, also what becomes of packets when the limits are spent.
 */
export const fatesOf = (rules: Rules, node: TraceNode): ((packet: Packet) => readonly Fate[]) => {
	const place = placeOf(node);
	const ordersOf = (all: readonly BaseChain[]) => {
		const chains = all.filter(({isUnread}) => !isUnread);
		const unread = all.filter(({isUnread}) => isUnread).slice(0, 1);
		return [...(isTied(chains) ? [chains, chains.toReversed()] : [chains]), ...(unread.length > 0 ? [unread] : [])].map(each =>
			journeyOf(each),
		);
	};
	const journeys = {ipv4: ordersOf(chainsOf(rules, 'ipv4')), ipv6: ordersOf(chainsOf(rules, 'ipv6'))};
	return packet => {
		const all = journeys[ipOf(packet.destination)?.family ?? 'ipv4'];
		const sent = (spent: boolean): readonly Ended[] =>
			all.flatMap(journey => journey(startOf(packet, place), {place, memory: new Set(), spent, budget: newBudget()}));
		const within = sent(false);
		const [limit] = within.flatMap(({path}) => path.limits);
		return [
			...within.map(fateOf),
			...(limit ? sent(true).map((ended): Fate => ({...fateOf(ended), beyond: quoted(ended.path.limits.at(-1) ?? limit)})) : []),
		];
	};
};
