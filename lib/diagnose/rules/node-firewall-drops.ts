import type {V1Pod} from '@kubernetes/client-node';
import {findingOf} from '../../chain/hops/firewall.ts';
import type {WalkedNode} from '../../chain/facts.ts';
import {partingsOn} from '../../chain/traced.ts';
import type {Fact} from '../../facts/fact.ts';
import {hostPort} from '../../model/address.ts';
import {primaryOf} from '../../model/node-view.ts';
import type {IpFamily} from '../../target.ts';
import type {FactValues} from '../facts.ts';
import {rule, type Finding} from '../rule.ts';
import {counted} from '../views/objects.ts';
import {seenNodes, seenOn, stateFrom, type SeenNode} from '../views/nodes.ts';

/** Chains of kube-proxy, kubelet and network plugins; their drops are meant. */
const KNOWN = /^(?:KUBE-|CNI-|FLANNEL-|cali-|CILIUM_|ANTREA-|WEAVE-)/;
const FAMILIES: readonly IpFamily[] = ['ipv4', 'ipv6'];
const HOOKS = ['INPUT', 'FORWARD', 'OUTPUT', 'PREROUTING', 'POSTROUTING'];

type Known = Pick<FactValues, 'services' | 'slices' | 'nodes'> & Partial<Pick<FactValues, 'pods'>> & Parameters<typeof stateFrom>[0];

/** The nodes of which something is known and that have an address in a family. */
const walkedIn = (family: IpFamily, seen: readonly SeenNode[], facts: Known): readonly WalkedNode[] =>
	seen.flatMap(({name, facts: own}) => {
		const node = facts.nodes.find(({metadata}) => metadata?.name === name);
		const ip = node && primaryOf(node, family);
		return ip === undefined ? [] : [{name, ip, suspected: true, facts: own, state: stateFrom(facts, own)}];
	});

type World = {
	readonly family: IpFamily;
	readonly nodes: readonly WalkedNode[];
	readonly pods: Fact<readonly V1Pod[]>;
};

/** What the whole dump of a node does to the packets of all Services, where it parts from what the model says. */
const traced = (name: string, worlds: readonly World[]): readonly Finding[] => {
	const stopped = worlds.flatMap(world =>
		world.nodes
			.filter(node => node.name === name)
			.flatMap(node =>
				partingsOn(node, world).flatMap(parting => {
					const {state, text} = findingOf(node, parting);
					const {protocol, from, source, destination, port} = parting.sent.packet;
					return state === 'broken'
						? [{text, way: `${protocol} from ${from} ${source} to ${hostPort(destination, port)}`, rule: parting.rule}]
						: [];
				}),
			),
	);
	const [first] = stopped;
	if (!first) return [];
	const others = new Set(stopped.map(({text}) => text)).size - 1;
	return [
		{
			about: `Node ${name}`,
			confidence: 'certain',
			summary:
				`a firewall of ${name} stops packets of Services: ` +
				`${first.text}${others > 0 ? ` (and ${counted(others, 'rule')} more)` : ''}`,
			evidence: stopped.slice(0, 5).map(({text, way}) => ({from: way, text})),
			fix: 'let it accept the networks of pods and Services',
			verify: first.rule ? [`iptables-save | grep -F -- '${first.rule.text}'   # or nft list ruleset`] : [],
		},
	];
};

/** Where packets cannot be followed: rules that look as if they dropped them. */
const suspected = (node: SeenNode): readonly Finding[] => {
	const {iptables} = node.facts;
	if (!iptables.ok) return [];
	const found = [...iptables.value.tables.values()].flatMap(({name: table, chains}) =>
		[...chains.values()]
			.filter(({name}) => !KNOWN.test(name))
			.flatMap(({name, rules, policy}) => [
				...rules.filter(({target}) => target === 'DROP' || target === 'REJECT').map(({text}) => `${table}: ${text}`),
				...(policy === 'DROP' && HOOKS.includes(name) && !rules.some(({target = ''}) => KNOWN.test(target) || target === 'ACCEPT')
					? [`${table}: ${name} has the policy DROP`]
					: []),
			]),
	);
	const [first] = found;
	if (first === undefined) return [];
	// A rule with conditions may be about something else.
	const sure = found.some(text => /^\w+: (?:-A \S+ -j (?:DROP|REJECT)|\S+ has the policy DROP)/.test(text));
	return [
		{
			about: `Node ${node.name}`,
			severity: sure ? 'error' : 'warning',
			confidence: sure ? 'likely' : 'possible',
			summary:
				`a firewall of ${node.name} ${sure ? 'drops' : 'may drop'} packets: ` +
				`${first}${found.length > 1 ? ` (and ${found.length - 1} more)` : ''}`,
			evidence: found.slice(0, 5).map(text => ({from: seenOn(node, 'iptables-save'), text})),
			fix: 'let it accept the networks of pods and Services',
			verify: ['iptables-save -t filter | grep -E "DROP|REJECT"'],
		},
	];
};

export default rule({
	title: 'No firewall of the host drops packets of pods and Services',
	severity: 'error',
	layer: 'host-firewall',
	why:
		'firewalld, ufw, Docker or a script of the site put rules before those of Kubernetes, or set the policy of FORWARD to DROP. ' +
		'What they drop shows as a timeout, on this node only. The packets of every Service are followed through all tables and hooks ' +
		'of each node, iptables and nftables alike.',
	verify: ['iptables-save -t filter | grep -E "^:(INPUT|FORWARD)|DROP|REJECT"', 'systemctl is-active firewalld ufw docker'],
	fix: "Let the firewall accept the pods' and Services' networks, or take it off nodes of the cluster.",
	refs: ['https://kubernetes.io/docs/reference/networking/ports-and-protocols/'],
	steps: [57],
	looks: ['iptables'],
	needs: ['nodeEvidence', 'services', 'slices', 'nodes'],
	sees: ['pods', 'proxyConfig', 'version', 'serviceCIDRs'],
	evaluate(facts) {
		const seen = seenNodes(facts.nodeEvidence);
		const hasIpv6 = facts.services.some(({spec}) => spec?.ipFamilies?.includes('IPv6'));
		const pods = {ok: true, value: facts.pods ?? [], source: 'the API'} as const;
		const worlds = FAMILIES.filter(family => family === 'ipv4' || hasIpv6).map(family => ({
			family,
			nodes: walkedIn(family, seen, facts),
			pods,
		}));
		const isFollowed = ({name}: SeenNode): boolean =>
			worlds.every(({nodes}) => nodes.some(node => node.name === name && node.state.ok && node.facts.nft.ok));
		return seen.flatMap(node => (isFollowed(node) ? traced(node.name, worlds) : suspected(node)));
	},
});
