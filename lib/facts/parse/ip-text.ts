import {isIP} from 'node:net';
import type {Address, Link, Parsed, Route} from './ip-json.ts';
import {remainder, type Remainder} from './remainder.ts';

const HEAD = /^(?<index>\d+): (?<name>[^:@\s]+)(?:@\S+)?: <(?<flags>[^>]*)> (?<more>.*)$/;
const INET = /^\s+inet(?<six>6)? (?<address>[\da-f.:]+)(?: peer [\da-f.:]+)?\/(?<length>\d+) (?<more>.*)$/i;
const MAC = /^\s+link\/\S+(?: (?<mac>(?:[\da-f]{2}:)+[\da-f]{2}))?/i;
/** What ip tells of an interface or an address below it, without saying anything that is read here. */
const BELOW = /^\s+(?:valid_lft|altname|promiscuity|bridge|veth|vxlan|dummy|bond|inet6? |prog\/|vlan |openvswitch|tun |ipip|RX:|TX:|\d+\s)/;

const wordAfter = (text: string, word: string): string | undefined => new RegExp(`(?:^| )${word} (\\S+)`).exec(text)?.[1];

/**
 * Reads the text of `ip addr` and `ip -d link`, as people paste it: the same as `ip -j addr` and `ip -j link`. Total: other lines are in
 * `remainder`.
 */
export const parseInterfacesText = (text: string): {readonly links: Parsed<Link>; readonly addresses: Parsed<Address>} => {
	const links: Link[] = [];
	const addresses: Address[] = [];
	const odd: Remainder[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		const head = HEAD.exec(line)?.groups;
		const inet = INET.exec(line)?.groups;
		const link = links.at(-1);
		if (head) {
			const {name = '', more = ''} = head;
			const master = wordAfter(more, 'master');
			links.push({
				name,
				index: Number(head['index']),
				mtu: Number(wordAfter(more, 'mtu') ?? 0),
				up: (head['flags'] ?? '').split(',').includes('UP'),
				state: wordAfter(more, 'state') ?? 'UNKNOWN',
				...(master !== undefined && {master}),
			});
		} else if (inet && link) {
			addresses.push({
				device: link.name,
				family: inet['six'] === undefined ? 'ipv4' : 'ipv6',
				address: inet['address'] ?? '',
				prefixLength: Number(inet['length']),
				scope: wordAfter(inet['more'] ?? '', 'scope') ?? '',
			});
		} else if (MAC.test(line) && link) {
			const mac = MAC.exec(line)?.groups?.['mac'];
			if (mac !== undefined) links[links.length - 1] = {...link, mac};
		} else if (line.trim() !== '' && !(BELOW.test(line) && link)) odd.push(remainder(index + 1, line, 'not a line of ip addr'));
	}

	return {links: {items: links, remainder: odd}, addresses: {items: addresses, remainder: odd}};
};

const TYPES = ['unicast', 'local', 'broadcast', 'multicast', 'throw', 'unreachable', 'prohibit', 'blackhole', 'nat', 'anycast'];
const NEXT_HOP = /^\s+nexthop\s/;

const routeOf = (line: string): Route | undefined => {
	const words = line.trim().split(/\s+/);
	const [first = '', second = ''] = words;
	const [type, destination] = TYPES.includes(first) ? [first, second] : ['unicast', first];
	const isDestination = destination === 'default' || isIP(destination.split('/')[0] ?? '') > 0;
	if (!isDestination) return undefined;
	const via = wordAfter(line, 'via');
	const gateway = via === 'inet6' || via === 'inet' ? wordAfter(line, via) : via;
	const [device, source, metric] = ['dev', 'src', 'metric'].map(word => wordAfter(line, word));
	return {
		destination,
		type,
		table: wordAfter(line, 'table') ?? 'main',
		...(gateway !== undefined && {gateway}),
		...(device !== undefined && {device}),
		...(source !== undefined && {preferredSource: source}),
		...(metric !== undefined && {metric: Number(metric)}),
	};
};

/**
 * Reads the text of `ip route`, `ip route show table all` and their -6 forms: the same as with -j. Total: other lines are in `remainder`.
 */
export const parseRoutesText = (text: string): Parsed<Route> => {
	const results = text
		.split('\n')
		.map((line, index) => ({line, number: index + 1, route: routeOf(line)}))
		.filter(({line}) => line.trim() !== '' && !NEXT_HOP.test(line));
	return {
		items: results.flatMap(({route}) => route ?? []),
		remainder: results.flatMap(({line, number, route}) => (route ? [] : [remainder(number, line, 'not a route')])),
	};
};
