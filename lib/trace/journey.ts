import type {BaseChain, Hook} from './base-chain.ts';
import {settled} from './forks.ts';
import {merge, type Path, type Walk} from './path.ts';
import type {Ended} from './step.ts';

/**
 * Where connection tracking sees the packet, and where NAT is done whatever the priority of its chains
 * (include/uapi/linux/netfilter_ipv4.h, net/netfilter/nf_nat_proto.c).
 */
const CONNTRACK = -200;
const NAT: Partial<Readonly<Record<Hook, {readonly priority: number; readonly side: 'destination' | 'source'}>>> = {
	prerouting: {priority: -100, side: 'destination'},
	output: {priority: -100, side: 'destination'},
	input: {priority: 100, side: 'source'},
	postrouting: {priority: 100, side: 'source'},
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

/** A rule that accepts ends the way through a chain of NAT: what comes after it there does not translate. */
const noted = (ended: Ended, side: 'destination' | 'source'): Ended =>
	ended.end === 'accept' && ended.by && !ended.by.rule.isPolicy && !ended.path.decided[side]
		? {...ended, path: {...ended.path, letOut: {...ended.path.letOut, [side]: ended.by}}}
		: ended;

/** All chains of NAT at a hook: the first that translates decides (nf_nat_inet_fn of net/netfilter/nf_nat_core.c). */
const natStage = (
	chains: readonly BaseChain[],
	{priority, side}: NonNullable<(typeof NAT)[Hook]>,
	isTaken: (path: Path, walk: Walk) => boolean,
): Stage => {
	const each = chains
		.filter(({isNat}) => isNat)
		.map(
			({run}): Stage['run'] =>
				(path, walk) =>
					path.decided[side] ? [accepted(path)] : run(path, walk).map(ended => noted(ended, side)),
		);
	return {
		priority,
		run(path, walk) {
			if (path.tracking !== 'new' || path.decided[side] || isTaken(path, walk)) return [accepted(path)];
			return inTurn(each, [path], walk).map(ended => ({
				...ended,
				path: {...ended.path, decided: {...ended.path.decided, [side]: true}},
			}));
		},
	};
};

const trackStage: Stage = {
	priority: CONNTRACK,
	run: path => [accepted(path.tracking === 'not yet' ? {...path, tracking: path.answers ? 'established' : 'new'} : path)],
};

/** Dealt out by ipvs to another machine: it leaves the hook where that was (ip_vs_nat_send_or_cont of net/netfilter/ipvs/ip_vs_xmit.c). */
const goesOn = ({dealt, destination}: Path, {place}: Walk): boolean => dealt !== undefined && !place.isLocal(destination);

/** Chains of some interfaces see what passes there; where it is not known by which one it does, what they do to it is not, either. */
const atDevice =
	({hook, devices, ...chain}: BaseChain): BaseChain['run'] =>
	(path, walk) => {
		const device = hook === 'ingress' ? path.in : path.out;
		if (devices === undefined) return chain.run(path, walk);
		if (device !== undefined) return devices.includes(device) ? chain.run(path, walk) : [accepted(path)];
		return chain.run(path, walk).map(ended =>
			ended.end === 'accept'
				? ended
				: {
						...ended,
						end: 'unknown',
						why: `by which interface it passes, which ${devices.join(', ')} is compared with, is not known`,
					},
		);
	};

/** What a packet passes at one hook, in order. */
const hookOf = (chains: readonly BaseChain[], hook: Hook): readonly Stage['run'][] => {
	const here = chains
		.filter(chain => chain.hook === hook)
		.map(chain => ({...chain, run: atDevice(chain)}))
		.toSorted((a, b) => a.priority - b.priority);
	const nat = NAT[hook];
	const stages: readonly Stage[] = [
		...(hook === 'prerouting' || hook === 'output' ? [trackStage] : []),
		// What ipvs has taken on its way in, just before this, does not come here.
		...(nat ? [natStage(here, nat, (path, walk) => hook === 'input' && goesOn(path, walk))] : []),
		...here.filter(({isNat}) => !isNat),
	];
	return stages.toSorted((a, b) => a.priority - b.priority).map(({run}) => run);
};

export type Journey = (path: Path, walk: Walk) => readonly Ended[];

/**
 * The hooks that the first packet of a connection passes (https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks). What the node
 * sends to one of its own addresses comes back in through loopback, with its connection and its mark. At the end each packet is accepted,
 * dropped, refused or unknown; doubts that nothing depends on are left out.
 */
export const journeyOf = (chains: readonly BaseChain[]): Journey => {
	const hooks = {
		ingress: hookOf(chains, 'ingress'),
		egress: hookOf(chains, 'egress'),
		prerouting: hookOf(chains, 'prerouting'),
		input: hookOf(chains, 'input'),
		forward: hookOf(chains, 'forward'),
		output: hookOf(chains, 'output'),
		postrouting: hookOf(chains, 'postrouting'),
	};
	const through = (hook: Hook, ended: readonly Ended[], walk: Walk, change: (path: Path) => Path): readonly Ended[] => {
		const on = merge(ended.filter(({end}) => end === 'accept').map(({path}) => change(path)));
		return [...ended.filter(({end}) => end !== 'accept'), ...inTurn(hooks[hook], on, walk)];
	};
	/** Those that go to the node itself and the others take different hooks. */
	const split = (
		ended: readonly Ended[],
		{place}: Walk,
	): readonly [here: readonly Ended[], onwards: readonly Ended[], over: readonly Ended[]] => {
		const {accept = [], over = []} = Object.groupBy(ended, ({end}) => (end === 'accept' ? 'accept' : 'over'));
		return [
			accept.filter(({path}) => place.isLocal(path.destination)),
			accept.filter(({path}) => !place.isLocal(path.destination)),
			over,
		];
	};
	const routed =
		({place}: Walk) =>
		(path: Path): Path => ({...path, out: place.deviceTo(path.destination)});

	const unchanged = (path: Path): Path => path;
	/** What leaves the node. */
	const leave = (ended: readonly Ended[], walk: Walk, change = unchanged): readonly Ended[] =>
		through('egress', through('postrouting', ended, walk, change), walk, change);

	/** What comes to the node itself; ipvs takes some of it there, and sends it on as if from the node. */
	const arrive = (here: readonly Ended[], walk: Walk): readonly Ended[] => {
		const {sent = [], stays = []} = Object.groupBy(through('input', here, walk, unchanged), ({end, path}) =>
			end === 'accept' && goesOn(path, walk) ? 'sent' : 'stays',
		);
		return [...stays, ...leave(through('output', sent, walk, unchanged), walk)];
	};

	/** A blackhole and its like end the way of what would be passed on (net/ipv4/route.c). */
	const routedAway = (ended: readonly Ended[], {place}: Walk): readonly [passing: readonly Ended[], over: readonly Ended[]] => {
		const judged = ended.map((each): Ended => {
			const route = place.wayTo(each.path.destination);
			if (!route || route.type === 'unicast') return each;
			const rule = {where: 'the routes', text: () => `${route.type} ${route.destination}`};
			return {...each, end: route.type === 'blackhole' ? 'drop' : 'refuse', by: {rule, before: undefined}};
		});
		return [judged.filter(({end}) => end === 'accept'), judged.filter(({end}) => end !== 'accept')];
	};

	return (start, walk) => {
		if (start.from !== 'node') {
			const arrived = through('ingress', [accepted(start)], walk, unchanged);
			const [here, onwards, over] = split(through('prerouting', arrived, walk, unchanged), walk);
			const [passing, lost] = routedAway(onwards, walk);
			return settled([...over, ...lost, ...arrive(here, walk), ...leave(through('forward', passing, walk, routed(walk)), walk)]);
		}

		const sent = leave(through('output', [accepted(start)], walk, routed(walk)), walk, routed(walk));
		const [here, onwards, over] = split(sent, walk);
		const back = through('prerouting', here, walk, path => ({...path, in: 'lo', out: ''}));
		return settled([...over, ...onwards, ...arrive(back, walk)]);
	};
};
