import {canonicalIp, cidrHolds, familyOf, isLinkLocal} from '../../address.ts';
import type {Address} from '../../../facts/parse/ip-json.ts';
import type {Ipset, IpsetDump, IpsetEntry} from '../../../facts/parse/ipset-save.ts';
import type {IptablesDump} from '../../../facts/parse/iptables-save.ts';
import type {IpvsDestination, IpvsDump, IpvsService} from '../../../facts/parse/ipvsadm-save.ts';
import type {IpFamily} from '../../../target.ts';
import type {Container, Graph, Part} from '../graph.ts';
import {actualIptables} from '../iptables/actual.ts';
import {addressPart, dummyInterface} from './addresses.ts';
import {optionPart, realServerPart, serverContainer, serverPlace} from './servers.ts';
import {entryPart, headerPart, ipsetCidr, IPSETS, setContainer, setKey} from './sets.ts';

/** What a node in ipvs mode says of its rules. */
export type IpvsDumps = {
	/** Of the family; left out: not asked for. */
	readonly iptables?: IptablesDump;
	readonly ipset: IpsetDump;
	readonly ipvs: IpvsDump;
	/** Of kube-ipvs0, in any family; undefined: there is no such interface. */
	readonly bound: readonly Pick<Address, 'address' | 'prefixLength'>[] | undefined;
};

/**
 * Options of a set that have no say in what it holds and that kube-proxy accepts as they are: sizes that the kernel chooses, and what to do
 * when it is full.
 */
const NO_MATTER = new Set(['hashsize', 'bucketsize', 'initval', 'forceadd']);
/** Options of an entry that change what it matches, or for how long. */
const OF_ENTRIES = ['nomatch', 'timeout'];

const headerOf = ({type, options}: Ipset): string =>
	[
		type,
		...Object.entries(options)
			.filter(([name]) => !NO_MATTER.has(name))
			.map(([name, value]) => (value === '' ? name : `${name} ${value}`)),
	].join(' ');

const entryText = ({parts, options}: IpsetEntry): string =>
	[parts.map(each => canonicalIp(each) ?? ipsetCidr(each)).join(','), ...OF_ENTRIES.filter(name => name in options)].join(' ');

const setsOf = ({sets}: IpsetDump, family: IpFamily): readonly Container[] =>
	[...sets.values()].flatMap(set => {
		const key = setKey(set.name, family);
		return key === undefined
			? []
			: [
					setContainer(key, family, [
						headerPart(headerOf(set)),
						...set.entries.map(entry => entryPart(entryText(entry), {role: IPSETS[key][1]})),
					]),
				];
	});

const WAYS = {masquerading: '-m', tunnel: '-i', route: '-g'} as const;

/**
 * A real server of weight 0 takes no new connections. For TCP that may be one that kube-proxy lets drain: it takes it away when its last
 * connection has ended, which it looks at once a minute (pkg/proxy/ipvs/graceful_termination.go). So it is not foreign where it is not
 * expected; one that is expected is told as changed.
 */
const realServerOf = ({address, port, forwarding, weight}: IpvsDestination, {protocol, destinations}: IpvsService): Part => {
	const all = destinations.reduce((sum, each) => sum + each.weight, 0);
	const takesShare = forwarding === 'masquerading' && weight > 0;
	return {
		...realServerPart({
			ip: canonicalIp(address) ?? address,
			port,
			way: WAYS[forwarding],
			weight,
			...(takesShare && {share: weight / all}),
		}),
		...(weight === 0 && protocol === 'TCP' && {leftover: true}),
	};
};

const serverOf = (service: IpvsService, excludeCIDRs: readonly string[]): Container => {
	const {protocol, port, scheduler, persistentSeconds, persistentMask, onePacket, schedulerFlags, destinations} = service;
	const address = canonicalIp(service.address) ?? service.address;
	const made = serverContainer(serverPlace(protocol, address, port), [
		optionPart('-s', scheduler),
		...(persistentSeconds === undefined ? [] : [optionPart('-p', String(persistentSeconds))]),
		...(persistentMask === undefined ? [] : [optionPart('-M', persistentMask)]),
		...(schedulerFlags.length === 0 ? [] : [optionPart('-b', schedulerFlags.join(','))]),
		...(onePacket ? [optionPart('-o', '')] : []),
		...destinations.map(each => realServerOf(each, service)),
	]);
	return excludeCIDRs.some(cidr => cidrHolds(cidr, address)) ? {...made, leftover: true} : made;
};

/**
 * All that is kube-proxy's of one family: its sets, all virtual servers (those in `excludeCIDRs` are somebody else's unless they are
 * expected), the addresses of kube-ipvs0, its chains.
 */
export const actualIpvs = ({iptables, ipset, ipvs, bound}: IpvsDumps, family: IpFamily, excludeCIDRs: readonly string[] = []): Graph => {
	const containers = [
		...setsOf(ipset, family),
		...ipvs.services.filter(({address}) => familyOf(address) === family).map(service => serverOf(service, excludeCIDRs)),
		// kube-proxy does not look at link-local addresses, which the kernel adds to an interface that is set up.
		...(bound
			? [
					dummyInterface(
						bound
							.filter(({address}) => familyOf(address) === family && !isLinkLocal(address))
							.map(({address, prefixLength}) => addressPart(canonicalIp(address) ?? address, prefixLength)),
					),
				]
			: []),
	];
	return new Map([...containers.map(each => [each.where, each] as const), ...(iptables ? actualIptables(iptables) : [])]);
};
