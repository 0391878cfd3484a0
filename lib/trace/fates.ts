import type {Packet} from '../model/verdict.ts';
import {hostPort} from '../model/address.ts';
import type {BaseChain} from './base-chain.ts';
import {ipOf} from './ip.ts';
import {journeyOf} from './journey.ts';
import {newBudget, startOf, type Quote, type Trail} from './path.ts';
import {placeOf, type TraceNode} from './place.ts';
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
};

const quoted = ({where, text}: Quote): QuotedRule => ({where, text: text()});
const last = (trail: Trail | undefined, name: 'by' | 'translated' | 'rewritten'): Partial<Fate> =>
	trail ? {[name]: quoted(trail.rule)} : {};

/**
 * All that may become of packets on a node, by its rules; where the order of chains is not known, in either order. Unlike a verdict, it
 * holds what is certain beside what is not: what could not be read of the dumps is one unknown fate, and the rest is walked.
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
	return packet =>
		journeys[ipOf(packet.destination)?.family ?? 'ipv4'].flatMap(journey =>
			journey(startOf(packet, place), {place, memory: new Set(), budget: newBudget()}).map(({path, end, by, why}): Fate => ({
				probability: path.probability,
				end: end === 'return' ? 'accept' : end,
				to: hostPort(path.destination.text, path.port),
				...(end !== 'accept' && last(by, 'by')),
				...(why !== undefined && {why}),
				...last(path.translated, 'translated'),
				...last(path.rewritten, 'rewritten'),
			})),
		);
};
