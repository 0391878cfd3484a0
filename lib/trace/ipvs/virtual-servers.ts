import type {IpvsDestination, IpvsDump, IpvsService} from '../../facts/parse/ipvsadm-save.ts';
import {canonicalIp, familyOf, hostPort} from '../../model/address.ts';
import type {IpFamily} from '../../target.ts';
import type {BaseChain, Hook} from '../base-chain.ts';
import {ipOf} from '../ip.ts';
import {recognise, remember, remembers, translate, type Path, type Trail, type Walk} from '../path.ts';
import type {Ended} from '../step.ts';

/**
 * Where ipvs looks at packets: what comes in, after the filter, and what the node itself sends, before it (ip_vs_ops4 of
 * net/netfilter/ipvs/ip_vs_core.c).
 */
const HOOKS: ReadonlyArray<readonly [hook: Hook, priority: number]> = [
	['input', 99],
	['output', -98],
];

type Server = IpvsService & {readonly where: string};

const keyOf = (protocol: string, address: string, port: number): string => `${protocol} ${hostPort(address, port)}`;

const trailOf = ({where}: Server, {address, port, weight}: IpvsDestination): Trail => ({
	rule: {where, text: () => `-r ${hostPort(canonicalIp(address) ?? address, port)} -m -w ${weight}`},
	before: undefined,
});

/**
 * The packet goes to one of the real servers. What is reached otherwise than by translation gets the packet as it is: nobody there has the
 * address.
 */
const dealt = (path: Path, server: Server, destination: IpvsDestination, probability: number, walk: Walk): Ended => {
	const trail = trailOf(server, destination);
	const to = ipOf(destination.address);
	if (!to) return {path, end: 'unknown', why: `${destination.address} is no address`, by: trail};
	if (destination.forwarding !== 'masquerading') return {path: {...path, probability}, end: 'drop', by: trail};
	const {persistentSeconds, where} = server;
	const list = `${where} ${hostPort(to.text, destination.port)}`;
	const there = {
		...translate({...path, probability, dealt: {address: path.destination, port: path.port}}, to, destination.port, trail),
		out: walk.place.deviceTo(to),
	};
	if (persistentSeconds === undefined) return {path: there, end: 'accept'};
	const known = remember(there, list);
	return {path: remembers(walk, path, list) ? recognise(known, persistentSeconds) : known, end: 'accept'};
};

const schedule = (path: Path, server: Server, walk: Walk): readonly Ended[] => {
	const taking = server.destinations.filter(({weight}) => weight > 0);
	// ip_vs_leave(): an ICMP error for what is for an address of the node's own.
	if (taking.length === 0)
		return [
			{path, end: 'refuse', by: {rule: {where: server.where, text: () => 'no real server takes connections'}, before: undefined}},
		];
	const before = taking.filter(({address, port}) =>
		remembers(walk, path, `${server.where} ${hostPort(canonicalIp(address) ?? address, port)}`),
	);
	const among = before.length > 0 ? before : taking;
	const all = among.reduce((sum, {weight}) => sum + weight, 0);
	return among.map(each => dealt(path, server, each, (path.probability * each.weight) / all, walk));
};

/**
 * The virtual servers of a family, as stages beside the chains. How the scheduler chooses is not followed: each real server gets its share
 * by weight. A packet that ipvs has dealt out, or that a rule has translated, it leaves alone.
 */
export const ipvsStages = ({services}: IpvsDump, family: IpFamily): readonly BaseChain[] => {
	const servers = new Map(
		services
			.filter(({address}) => familyOf(address) === family)
			.map(each => {
				const key = keyOf(each.protocol, canonicalIp(each.address) ?? each.address, each.port);
				return [key, {...each, where: `ipvs ${key}`}] as const;
			}),
	);
	const run: BaseChain['run'] = (path, walk) => {
		const server = path.translated ? undefined : servers.get(keyOf(path.protocol, path.destination.text, path.port));
		return server ? schedule(path, server, walk) : [{path, end: 'accept'}];
	};
	return HOOKS.map(([hook, priority]) => ({hook, priority, table: 'ipvs', isNat: false, run}));
};
