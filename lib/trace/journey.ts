import type {BaseChain, Hook} from './base-chain.ts';
import {merge, type Path, type Walk} from './path.ts';
import type {Ended} from './walk.ts';

/** Where connection tracking sees the packet, and where NAT is done whatever the priority of its chains (include/uapi/linux/netfilter_ipv4.h, net/netfilter/nf_nat_proto.c). */
const CONNTRACK = -200;
const NAT: Partial<Readonly<Record<Hook, {readonly priority: number; readonly side: 'destination' | 'source'}>>> = {
	prerouting: {priority: -100, side: 'destination'}, output: {priority: -100, side: 'destination'},
	input: {priority: 100, side: 'source'}, postrouting: {priority: 100, side: 'source'},
};

type Stage = {readonly priority: number; readonly run: (path: Path, walk: Walk) => readonly Ended[]};

const accepted = (path: Path): Ended => ({path, end: 'accept'});

/** Runs what is left after each other, as long as a packet is accepted; the same packets on several ways go on as one. */
const inTurn = (stages: readonly Stage['run'][], paths: readonly Path[], walk: Walk): readonly Ended[] => {
	const over: Ended[] = [];
	let live = paths;
	for (const run of stages) {
		const results = live.flatMap(path => run(path, walk));
		over.push(...results.filter(({end}) => end !== 'accept'));
		live = merge(results.filter(({end}) => end === 'accept').map(({path}) => path));
	}

	return [...over, ...live.map(accepted)];
};

/** All chains of NAT at a hook: the first that translates decides (nf_nat_inet_fn of net/netfilter/nf_nat_core.c). */
const natStage = (chains: readonly BaseChain[], {priority, side}: NonNullable<typeof NAT[Hook]>): Stage => {
	const each = chains.filter(({isNat}) => isNat).map(({run}): Stage['run'] => (path, walk) => path.decided[side] ? [accepted(path)] : run(path, walk));
	return {
		priority,
		run(path, walk) {
			if (path.tracking !== 'new' || path.decided[side]) return [accepted(path)];
			return inTurn(each, [path], walk).map(ended => ({...ended, path: {...ended.path, decided: {...ended.path.decided, [side]: true}}}));
		},
	};
};

const trackStage: Stage = {priority: CONNTRACK, run: path => [accepted(path.tracking === 'not yet' ? {...path, tracking: 'new'} : path)]};

/** What a packet passes at one hook, in order. */
const hookOf = (chains: readonly BaseChain[], hook: Hook): readonly Stage['run'][] => {
	const here = chains.filter(chain => chain.hook === hook).toSorted((a, b) => a.priority - b.priority);
	const nat = NAT[hook];
	const stages: readonly Stage[] = [
		...(hook === 'prerouting' || hook === 'output' ? [trackStage] : []), ...(nat ? [natStage(here, nat)] : []),
		...here.filter(({isNat}) => !isNat),
	];
	return stages.toSorted((a, b) => a.priority - b.priority).map(({run}) => run);
};

export type Journey = (path: Path, walk: Walk) => readonly Ended[];

/**
 * The hooks that the first packet of a connection passes (https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks). What the node sends to one of its own addresses
 * comes back in through loopback, with its connection and its mark. At the end each packet is accepted, dropped, refused or unknown.
 */
export const journeyOf = (chains: readonly BaseChain[]): Journey => {
	const hooks = {prerouting: hookOf(chains, 'prerouting'), input: hookOf(chains, 'input'), forward: hookOf(chains, 'forward'), output: hookOf(chains, 'output'), postrouting: hookOf(chains, 'postrouting')};
	const through = (hook: Hook, ended: readonly Ended[], walk: Walk, change: (path: Path) => Path): readonly Ended[] => {
		const on = merge(ended.filter(({end}) => end === 'accept').map(({path}) => change(path)));
		return [...ended.filter(({end}) => end !== 'accept'), ...inTurn(hooks[hook], on, walk)];
	};
	/** Those that go to the node itself and the others take different hooks. */
	const split = (ended: readonly Ended[], {place}: Walk): readonly [here: readonly Ended[], onwards: readonly Ended[], over: readonly Ended[]] => {
		const {accept = [], over = []} = Object.groupBy(ended, ({end}) => end === 'accept' ? 'accept' : 'over');
		return [accept.filter(({path}) => place.isLocal(path.destination)), accept.filter(({path}) => !place.isLocal(path.destination)), over];
	};
	const routed = ({place}: Walk) => (path: Path): Path => ({...path, out: place.deviceTo(path.destination)});

	return (start, walk) => {
		if (start.from !== 'node') {
			const [here, onwards, over] = split(through('prerouting', [accepted(start)], walk, path => path), walk);
			const forwarded = through('forward', onwards, walk, routed(walk));
			return [...over, ...through('input', here, walk, path => path), ...through('postrouting', forwarded, walk, path => path)];
		}

		const sent = through('postrouting', through('output', [accepted(start)], walk, routed(walk)), walk, routed(walk));
		const [here, onwards, over] = split(sent, walk);
		const back = through('prerouting', here, walk, path => ({...path, in: 'lo', out: ''}));
		return [...over, ...onwards, ...through('input', back, walk, path => path)];
	};
};
