import {cidrHolds} from '../model/address.ts';
import type {IptablesMatch, IptablesRule} from '../gather/parse/iptables-rule.ts';
import {podIp} from '../model/pods.ts';
import {servicePorts} from '../model/service-ports.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';

/** What packets of the namespace's Services and host ports have in common: enough to see whether a rule of a firewall may meet them. */
export type Packets = {readonly protocols: ReadonlySet<string>; readonly ports: ReadonlySet<number>; readonly destinations: ReadonlySet<string>; readonly sources: ReadonlySet<string>};

export const packetsOf = (nodes: readonly WalkedNode[], {pods, namespace, family}: Pick<ChainFacts, 'pods' | 'namespace' | 'family'>): Packets => {
	const served = nodes.flatMap(({state, name}) => (state.ok ? servicePorts(state.value, name, family).filter(port => port.namespace === namespace) : []));
	const all = pods.ok ? pods.value : [];
	const own = all.filter(({metadata}) => metadata?.namespace === namespace);
	const hosted = own.flatMap(({spec}) => spec?.containers ?? []).flatMap(({ports = []}) => ports);
	const ips = (some: typeof all): readonly string[] => some.flatMap(pod => podIp(pod, family) ?? []);
	return {
		protocols: new Set([...served.map(({protocol}) => protocol.toLowerCase()), ...hosted.map(({protocol = 'TCP'}) => protocol.toLowerCase())]),
		ports: new Set([...served.flatMap(({port, nodePort, endpoints}) => [port, nodePort ?? port, ...endpoints.map(one => one.port)]), ...hosted.flatMap(({hostPort, containerPort}) => [hostPort ?? containerPort, containerPort])]),
		destinations: new Set([...served.flatMap(({clusterIP, endpoints}) => [clusterIP, ...endpoints.map(({ip}) => ip)]), ...ips(own), ...nodes.map(({ip}) => ip)]),
		sources: new Set([...ips(all), ...nodes.map(({ip}) => ip)]),
	};
};

export type Meets = 'yes' | 'perhaps' | 'no';

const PORTS = ['dport', 'dports', 'destination-port', 'destination-ports'];

const holdsPort = (values: readonly string[], ports: ReadonlySet<number>): boolean => values.flatMap(value => value.split(',')).some(range => {
	const [from = '', to = from] = range.split(':');
	return [...ports].some(port => port >= Number(from || 0) && port <= Number(to || 65_535));
});

const anyIn = (values: readonly string[], addresses: ReadonlySet<string>): boolean => values.some(value => [...addresses].some(ip => cidrHolds(value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`, ip)));

const meetsMatch = ({module, option, negated, values}: IptablesMatch, packets: Packets): Meets => {
	const is = (yes: boolean): Meets => (negated ? 'perhaps' : yes ? 'yes' : 'no');
	if (module === 'comment' || option === '') return 'yes';
	if (option === 'protocol') return is(values.some(value => value === 'all' || packets.protocols.has(value)));
	if (option === 'destination') return is(anyIn(values, packets.destinations));
	if (option === 'source') return is(anyIn(values, packets.sources));
	if (PORTS.includes(option)) return is(holdsPort(values, packets.ports));
	if (option === 'ctstate' || option === 'state') return is(values.some(value => value.split(',').includes('NEW')));
	if (option === 'in-interface' || option === 'out-interface') return values.includes('lo') && !negated ? 'no' : 'perhaps';
	return 'perhaps';
};

/** Whether a rule may meet such packets, by its conditions alone. */
export const meets = ({matches}: IptablesRule, packets: Packets): Meets => {
	const all = matches.map(match => meetsMatch(match, packets));
	return all.includes('no') ? 'no' : all.includes('perhaps') ? 'perhaps' : 'yes';
};
