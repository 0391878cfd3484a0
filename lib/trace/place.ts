import type {Address, Route} from '../facts/parse/ip-json.ts';
import {isLoopback} from '../model/address.ts';
import type {IpFamily} from '../target.ts';
import {holds, ipOf, rangeOf, type Ip, type IpRange} from './ip.ts';

/** What of a node decides about packets beside its rules. */
export type TraceNode = {
	/** Of all its interfaces; those of loopback go without saying. */
	readonly addresses: readonly string[];
	/** Which interface has an address; left out: rules that ask for the addresses of one interface are unclear. */
	readonly interfaces?: readonly Pick<Address, 'device' | 'address'>[];
	/** Left out: which interface a packet takes is not known, and rules that ask for it are unclear. */
	readonly routes?: readonly Route[];
	readonly routesIpv6?: readonly Route[];
	/** Those of its interfaces that are bridges; left out: any may be. */
	readonly bridges?: readonly string[];
	/** Whether rules see what comes in by the port of a bridge (net.bridge.bridge-nf-call-*); left out: not known. */
	readonly seesBridged?: Partial<Readonly<Record<IpFamily, boolean>>>;
};

/** As `addrtype` and `fib type` call it. */
export type AddressType = 'UNSPEC' | 'LOCAL' | 'BROADCAST' | 'MULTICAST' | 'UNICAST';

/** A node, ready for questions. */
export type Place = {
	readonly isLocal: (ip: Ip) => boolean;
	readonly typeOf: (ip: Ip) => AddressType;
	/** Whether one interface alone has an address; undefined: not known. */
	readonly isOf: (ip: Ip, device: string) => boolean | undefined;
	/** The interface that leads to an address; undefined: not known. */
	readonly deviceTo: (ip: Ip) => string | undefined;
	/** The route that is taken to an address elsewhere; undefined: not known, or none. */
	readonly wayTo: (ip: Ip) => Route | undefined;
	readonly addressOf: (family: IpFamily) => Ip | undefined;
	/**
	 * Whether the kernel notes of a packet that came in by an interface that it came by a port of a bridge (xt_physdev.c); undefined: not
	 * known.
	 */
	readonly cameByPort: (device: string | undefined, family: IpFamily) => boolean | undefined;
};

type Known = {readonly range: IpRange; readonly route: Route};

const EVERYWHERE: Readonly<Record<IpFamily, string>> = {ipv4: '0.0.0.0/0', ipv6: '::/0'};

const known = (routes: readonly Route[] = [], family: IpFamily): readonly Known[] =>
	routes.flatMap(route => {
		const range = rangeOf(route.destination === 'default' ? EVERYWHERE[family] : route.destination);
		return range ? [{range, route}] : [];
	});

const size = ({first, last}: IpRange): bigint => last - first;

/** Routes that end a packet's way on the node. */
const ENDS = ['blackhole', 'unreachable', 'prohibit'];

/** The most exact route of the main table goes first, then the lowest metric. */
const inOrder = (routes: readonly Known[]): readonly Known[] =>
	routes
		.filter(({route}) => route.table === 'main' && (route.type === 'unicast' || ENDS.includes(route.type)))
		.toSorted((a, b) =>
			size(a.range) === size(b.range) ? (a.route.metric ?? 0) - (b.route.metric ?? 0) : size(a.range) < size(b.range) ? -1 : 1,
		);

const MULTICAST = ['224.0.0.0/4', 'ff00::/8'].flatMap(text => rangeOf(text) ?? []);

/** Prepares a node. */
export const placeOf = ({addresses, interfaces, routes, routesIpv6, bridges, seesBridged = {}}: TraceNode): Place => {
	const own = addresses.flatMap(text => ipOf(text) ?? []);
	const texts = new Set(own.map(({text}) => text));
	const all = [...known(routes, 'ipv4'), ...known(routesIpv6, 'ipv6')];
	const ways = inOrder(all);
	const broadcasts = all.filter(({route}) => route.type === 'broadcast').map(({range}) => range);
	// Load balancers and cloud agents make whole networks local that are on no interface.
	const locals = all.filter(({route}) => route.type === 'local' && route.table === 'local');
	const isLocal = (ip: Ip) => isLoopback(ip.text) || texts.has(ip.text) || locals.some(({range}) => holds(range, ip));
	const wayTo = (ip: Ip) => ways.find(({range}) => holds(range, ip))?.route;
	const devices = new Map(
		(interfaces ?? []).flatMap(({address, device}) => {
			const ip = ipOf(address);
			return ip ? [[`${ip.text} ${device}`, true] as const] : [];
		}),
	);
	return {
		isLocal,
		typeOf(ip) {
			if (isLocal(ip)) return 'LOCAL';
			if (ip.value === 0n) return 'UNSPEC';
			if (ip.text === '255.255.255.255' || broadcasts.some(range => holds(range, ip))) return 'BROADCAST';
			return MULTICAST.some(range => holds(range, ip)) ? 'MULTICAST' : 'UNICAST';
		},
		isOf: (ip, device) =>
			!isLocal(ip)
				? false
				: devices.has(`${ip.text} ${device}`) || locals.some(({range, route}) => route.device === device && holds(range, ip))
					? true
					: interfaces || locals.length > 0
						? false
						: undefined,
		deviceTo: ip => (isLocal(ip) ? 'lo' : wayTo(ip)?.device),
		wayTo,
		cameByPort: (device, family) =>
			bridges?.length === 0 || (device !== undefined && bridges?.includes(device) === false)
				? false
				: device !== undefined && bridges?.includes(device)
					? seesBridged[family]
					: undefined,
		addressOf: family => own.find(ip => ip.family === family && !isLoopback(ip.text)),
	};
};
