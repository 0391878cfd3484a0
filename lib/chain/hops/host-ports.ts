import type {IptablesRule} from '../../facts/parse/iptables-rule.ts';
import {chainOf} from '../../facts/parse/iptables-save.ts';
import {hostPort as join} from '../../model/address.ts';
import {hostPortsOn, type HostPort} from '../../model/host-ports.ts';
import {podIp} from '../../model/pods.ts';
import {broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';

const HOP = {name: 'the CNI leads host ports to their pods', layer: 'cni'} as const;
const MAIN = 'CNI-HOSTPORT-DNAT';

type Wanted = HostPort & {/** Of the pod. */ readonly ip: string};

/** Pods in the node's own network need no CNI for theirs. */
const wantedOn = ({name}: WalkedNode, {pods, namespace, family}: Pick<ChainFacts, 'pods' | 'namespace' | 'family'>): readonly Wanted[] =>
	!pods.ok
		? []
		: hostPortsOn(name, pods.value)
				.filter(({pod: {metadata, spec}}) => metadata?.namespace === namespace && !metadata.deletionTimestamp && !spec?.hostNetwork)
				.flatMap(port => {
					const ip = podIp(port.pod, family);
					return ip === undefined ? [] : [{...port, ip}];
				});

const has = ({matches}: IptablesRule, option: readonly string[], value: string): boolean =>
	matches.some(match => option.includes(match.option) && !match.negated && match.values.some(one => one.split(',').includes(value)));

const judge = (
	node: WalkedNode,
	{pod, ip, hostPort, containerPort, protocol}: Wanted,
	family: ChainFacts['family'],
): Finding | undefined => {
	const fact = family === 'ipv6' ? node.facts.ip6tables : node.facts.iptables;
	if (!fact.ok) return unknown(`${node.name}: ${fact.source}: ${fact.why}`);
	const leads = chainOf(fact.value, 'nat', MAIN)?.rules;
	// A CNI without the plugin portmap does it in some other way.
	if (!leads) return unknown(`${node.name} has no chain nat ${MAIN}: how its CNI leads host ports to pods is not known here`);
	const [lower, to] = [protocol.toLowerCase(), join(ip, containerPort)];
	const what = `${lower} ${hostPort} to ${to} (pod ${pod.metadata?.namespace}/${pod.metadata?.name})`;
	if (!['PREROUTING', 'OUTPUT'].every(name => chainOf(fact.value, 'nat', name)?.rules.some(({target}) => target === MAIN)))
		return broken(`nat PREROUTING or OUTPUT on ${node.name} does not lead to ${MAIN}: ${what}`);
	const own = leads
		.filter(rule => has(rule, ['protocol'], lower) && has(rule, ['dport', 'dports'], String(hostPort)))
		.flatMap(({target}) => target ?? []);
	if (own.length === 0) return broken(`nat ${MAIN} on ${node.name} has no rule for ${what}`);
	const isDnat = (rule: IptablesRule): boolean =>
		rule.target === 'DNAT' &&
		has(rule, ['protocol'], lower) &&
		has(rule, ['dport', 'dports'], String(hostPort)) &&
		rule.targetOptions.some(({option, values}) => option === 'to-destination' && values.includes(to));
	if (own.some(name => chainOf(fact.value, 'nat', name)?.rules.some(rule => isDnat(rule)))) return undefined;
	return broken(
		`nat ${own.join(', ')} on ${node.name} lacks -p ${lower} --dport ${hostPort} -j DNAT --to-destination ${to} (pod ` +
			`${pod.metadata?.namespace}/${pod.metadata?.name})`,
	);
};

/**
 * Host ports of the namespace's pods, by the rules of the plugin portmap (github.com/containernetworking/plugins, plugins/meta/portmap).
 */
export const hostPortsHop = (facts: Pick<ChainFacts, 'nodes' | 'pods' | 'namespace' | 'family'>): Hop => {
	if (!facts.pods.ok) return hopOf(HOP, [unknown(`${facts.pods.source}: ${facts.pods.why}`)]);
	const all = facts.nodes.flatMap(node => wantedOn(node, facts).map(wanted => ({node, wanted})));
	return hopOf(
		HOP,
		all.flatMap(({node, wanted}) => judge(node, wanted, facts.family) ?? []),
		all.length === 0
			? ['no pod here has a host port']
			: all.map(({node, wanted: {pod, hostPort, protocol}}) => `${node.name}: ${pod.metadata?.name} ${hostPort}/${protocol}`),
	);
};
