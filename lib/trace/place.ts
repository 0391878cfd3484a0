import type {Route} from '../gather/parse/ip-json.ts';
import {isLoopback} from '../model/address.ts';
import type {IpFamily} from '../target.ts';
import {holds, ipOf, rangeOf, type Ip, type IpRange} from './ip.ts';

/** What of a node decides about packets beside its rules. */
export type TraceNode = {
	/** Of all its interfaces; those of loopback go without saying. */
	readonly addresses: readonly string[];
	/** Left out: which interface a packet takes is not known, and rules that ask for it are unclear. */
	readonly routes?: readonly Route[];
	readonly routesIpv6?: readonly Route[];
};

/** As `addrtype` and `fib type` call it. */
export type AddressType = 'UNSPEC' | 'LOCAL' | 'BROADCAST' | 'MULTICAST' | 'UNICAST';

/** A node, ready for questions. */
export type Place = {
	readonly isLocal: (ip: Ip) => boolean;
	readonly typeOf: (ip: Ip) => AddressType;
	/** The interface that leads to an address; undefined: not known. */
	readonly deviceTo: (ip: Ip) => string | undefined;
	readonly addressOf: (family: IpFamily) => Ip | undefined;
};

type Known = {readonly range: IpRange; readonly route: Route};

const EVERYWHERE: Readonly<Record<IpFamily, string>> = {ipv4: '0.0.0.0/0', ipv6: '::/0'};

const known = (routes: readonly Route[] = [], family: IpFamily): readonly Known[] => routes.flatMap(route => {
	const range = rangeOf(route.destination === 'default' ? EVERYWHERE[family] : route.destination);
	return range ? [{range, route}] : [];
});

const size = ({first, last}: IpRange): bigint => last - first;

/** The most exact route of the main table goes first, then the lowest metric. */
const inOrder = (routes: readonly Known[]): readonly Known[] => routes.filter(({route}) => route.table === 'main' && route.type === 'unicast')
	.toSorted((a, b) => size(a.range) === size(b.range) ? (a.route.metric ?? 0) - (b.route.metric ?? 0) : size(a.range) < size(b.range) ? -1 : 1);

const MULTICAST = ['224.0.0.0/4', 'ff00::/8'].flatMap(text => rangeOf(text) ?? []);

/** Prepares a node. */
export const placeOf = ({addresses, routes, routesIpv6}: TraceNode): Place => {
	const own = addresses.flatMap(text => ipOf(text) ?? []);
	const texts = new Set(own.map(({text}) => text));
	const all = [...known(routes, 'ipv4'), ...known(routesIpv6, 'ipv6')];
	const ways = inOrder(all);
	const broadcasts = all.filter(({route}) => route.type === 'broadcast').map(({range}) => range);
	const isLocal = ({text}: Ip) => isLoopback(text) || texts.has(text);
	return {
		isLocal,
		typeOf(ip) {
			if (isLocal(ip)) return 'LOCAL';
			if (ip.value === 0n) return 'UNSPEC';
			if (ip.text === '255.255.255.255' || broadcasts.some(range => holds(range, ip))) return 'BROADCAST';
			return MULTICAST.some(range => holds(range, ip)) ? 'MULTICAST' : 'UNICAST';
		},
		deviceTo: ip => isLocal(ip) ? 'lo' : ways.find(({range}) => holds(range, ip))?.route.device,
		addressOf: family => own.find(ip => ip.family === family && !isLoopback(ip.text)),
	};
};
