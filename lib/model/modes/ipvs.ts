import type {Fact} from '../../facts/fact.ts';
import {actualIpvs} from '../rules/ipvs/actual.ts';
import {DUMMY} from '../rules/ipvs/addresses.ts';
import {expectedIpvs} from '../rules/ipvs/expected.ts';
import {serverPlace, targetsOf} from '../rules/ipvs/servers.ts';
import {setKey, setName, type SetKey} from '../rules/ipvs/sets.ts';
import {actualSysctls, expectedSysctls, settingsOf} from '../rules/ipvs/sysctls.ts';
import type {Container, Graph} from '../rules/graph.ts';
import {ipvsVerdict} from '../verdict-ipvs.ts';
import {familyOf} from '../address.ts';
import type {IpFamily} from '../../target.ts';
import {isOwnChain, keptDump, printsRandomFully} from './kept-dump.ts';
import {
	addressesOf,
	servedAtNodePort,
	servedEntry,
	servedOuter,
	type Actual,
	type ProxyMode,
	type RuleFacts,
	type ServedPort,
} from './mode.ts';
import {TRAITS} from './traits.ts';

const CHAINS = {ipv4: 'iptables', ipv6: 'ip6tables'} as const;

const withContainer = (graph: Graph, container: Container): Graph => new Map([...graph, [container.where, container]]);

const randomFullyOf = (facts: RuleFacts, family: IpFamily): {readonly randomFully?: boolean} => {
	const dump = keptDump(facts, family);
	return dump.ok ? {randomFully: printsRandomFully(dump.value)} : {};
};

/** All of them, or the first that is missing. */
const all = (facts: RuleFacts, family: IpFamily) => {
	const {ipset, ipvs, addresses, links, sysctls} = facts;
	const iptables = keptDump(facts, family);
	if (!iptables.ok) return iptables;
	if (!ipset.ok) return ipset;
	if (!ipvs.ok) return ipvs;
	if (!addresses.ok) return addresses;
	if (!links.ok) return links;
	if (!sysctls.ok) return sysctls;
	return {
		ok: true as const,
		value: {
			iptables: iptables.value,
			ipset: ipset.value,
			ipvs: ipvs.value,
			addresses: addresses.value,
			links: links.value,
			sysctls: sysctls.value,
		},
		source: [iptables, ipset, ipvs, addresses].map(({source}) => source).join('; '),
	};
};

const actual: ProxyMode['actual'] = (facts, family, {ipvs: {strictARP = false, excludeCIDRs} = {}}): Fact<Actual> => {
	const known = all(facts, family);
	if (!known.ok) return known;
	const {iptables, ipset, ipvs, addresses, links, sysctls} = known.value;
	const bound = links.items.some(({name}) => name === DUMMY) ? addresses.items.filter(({device}) => device === DUMMY) : undefined;
	return {
		...known,
		value: {
			graph: withContainer(
				actualIpvs({iptables, ipset, ipvs, bound}, family, excludeCIDRs),
				actualSysctls(sysctls.values, {strictARP}),
			),
			remainder: [iptables, ipset, ipvs, addresses, links, sysctls].flatMap(({remainder}) => remainder),
		},
	};
};

const holds = (graph: Graph, where: string, entry: string): boolean => graph.get(where)?.parts.some(({text}) => text === entry) ?? false;

/**
 * kube-proxy fills its sets after it has made the virtual servers, in no particular order: until then a packet may be refused that has a
 * server.
 */
const isInSets = (graph: Graph, {protocol, clusterIp, port, nodePort}: ServedPort): boolean => {
	const inSet = (key: SetKey, entry: string): boolean => holds(graph, `ipset ${setName(key, familyOf(clusterIp))}`, entry);
	return (
		inSet('CLUSTER-IP', `${clusterIp},${protocol.toLowerCase()}:${port}`) &&
		(nodePort === undefined || protocol === 'SCTP' || inSet(`NODE-PORT-${protocol}`, String(nodePort)))
	);
};

const OUTER_SETS = ['EXTERNAL-IP', 'EXTERNAL-IP-LOCAL', 'LOAD-BALANCER'] as const satisfies readonly SetKey[];

/** Whether an outer address has its virtual server, and is in a set that lets packets come to it. */
const isTaken = (graph: Graph, {protocol, port}: ServedPort, ip: string): boolean =>
	graph.has(serverPlace(protocol, ip, port)) &&
	OUTER_SETS.some(key => holds(graph, `ipset ${setName(key, familyOf(ip))}`, `${ip},${protocol.toLowerCase()}:${port}`));

export const ipvs: ProxyMode = {
	traits: TRAITS.ipvs,
	looks: family => [CHAINS[family], 'ipset', 'ipvs', 'addresses', 'links', 'sysctls'],
	shown: family => [`${CHAINS[family]}-save`, 'ipset save', 'ipvsadm-save -n', `ip addr show ${DUMMY}`],
	expected: (state, node, family, facts) =>
		withContainer(
			expectedIpvs(state, node, family, {
				...addressesOf(facts, device => device !== DUMMY),
				...randomFullyOf(facts, family),
			}),
			expectedSysctls({strictARP: state.proxy.ipvs?.strictARP ?? false}),
		),
	actual,
	serving: {
		looks: () => ['ipset', 'ipvs'],
		graph({ipset, ipvs}, family) {
			if (!ipset.ok) return ipset;
			return ipvs.ok ? {...ipvs, value: actualIpvs({ipset: ipset.value, ipvs: ipvs.value, bound: undefined}, family)} : ipvs;
		},
	},
	served: (graph, ports) =>
		new Set(
			ports.flatMap(port => {
				const server = graph.get(serverPlace(port.protocol, port.clusterIp, port.port));
				if (!server || !isInSets(graph, port)) return [];
				const targets = targetsOf(server);
				return [
					...(targets.length > 0 ? targets : ['none']).map(target => servedEntry(port, target)),
					...(port.nodePort === undefined ? [] : [servedAtNodePort(port, port.nodePort)]),
					...servedOuter([port], (one, ip) => isTaken(graph, one, ip)),
				];
			}),
		),
	makes: where => where === 'ipvs' || isOwnChain(where),
	flush: () => 'ipvsadm -C',
	settings: proxy => settingsOf({strictARP: proxy.ipvs?.strictARP ?? false}),
	verdict: ipvsVerdict,
	traces: ({ipset, ipvs: {services}, links}) => [
		...[...ipset.sets.keys()].filter(name => setKey(name, 'ipv4') ?? setKey(name, 'ipv6')).map(name => `ipset ${name} (mode ipvs)`),
		...services.map(({address}) => `virtual server ${address} (mode ipvs)`),
		...links.filter(name => name === DUMMY).map(name => `interface ${name} (mode ipvs)`),
	],
};
