import {hostPort} from '../../model/address.ts';
import {podIp} from '../../model/pods.ts';
import type {QuotedRule} from '../../trace/fates.ts';
import {broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';
import {ruleText} from '../rule-text.ts';
import type {Stoppers} from '../stopped.ts';
import {partingsOn, type Parting} from '../traced.ts';

const HOP = {name: "nobody else's firewall drops the packets", layer: 'host-firewall'} as const;

/** Chains in which CNIs keep network policies: what is dropped there may be meant to be. */
const POLICIES = /(?:^| )(?:(?:filter-)?cali-|CILIUM_|ANTREA-|WEAVE-|KUBE-NWPLCY|KUBE-POD-FW|KUBE-ROUTER)/;

/** A network policy stops the packet; what else is done to it in these chains is no policy. */
const isPolicy = ({fate, rule}: Parting): boolean =>
	rule !== undefined && (fate.end === 'drop' || fate.end === 'refuse') && POLICIES.test(rule.where);

/** After a rule that ends answers and not what they answer. */
const ANSWERS = ', of what endpoints answer';

const beyondText = ({text}: QuotedRule, limit: QuotedRule | undefined): string =>
	limit === undefined ? '' : limit.text === text ? ', which ends what is beyond its limit' : `, which ends what is beyond ${limit.text}`;

/**
 * What a parting of ways says of the firewalls of its node. `isSeen`: connections of the walk were lost by this very rule, so that a limit
 * is known to be spent.
 */
export const findingOf = (node: WalkedNode, parting: Parting, isSeen = false): Finding => {
	const {sent, fate, rule, isKubeProxys} = parting;
	if (!rule)
		return unknown(
			`${node.name}: what becomes of packets is not known: ${fate.why ?? 'it is not understood'}` +
				(fate.by ? `, at ${ruleText(node, fate.by)}` : ''),
		);
	const text = `${ruleText(node, rule)}${beyondText(rule, fate.beyond)}${sent.packet.answers ? ANSWERS : ''}`;
	if (fate.beyond && !isSeen) return unknown(text);
	// What kube-proxy's own rules do wrong is another hop's to say: here it is what leads packets to them.
	if (isKubeProxys || isPolicy(parting)) return unknown(`${text} may be wrong about the packets`);
	return sent.isSure ? broken(text) : unknown(`${text} ${fate.end === 'accept' ? 'leads elsewhere' : 'stops'} what comes from outside`);
};

/** What kube-proxy of another mode left behind leads packets as it did then. */
const LEFT_OVER = /^(?:ip6? kube-proxy|(?:legacy )?(?:raw|mangle|nat|filter) KUBE-(?!ROUTER|POD-FW|NWPLCY))/;

const DONE = {accept: 'goes to', drop: 'is dropped', refuse: 'is refused', unknown: 'cannot be told'} as const;

const wayText = (node: WalkedNode, {sent: {packet}, fate, rule}: Parting): string => {
	const {from, source, destination, port, protocol, answers} = packet;
	const share = fate.probability > 0.999_999 ? '' : ` (${Number((fate.probability * 100).toFixed(2))} %)`;
	const what = fate.end === 'accept' ? `${DONE.accept} ${fate.to}${fate.rewritten ? ', its source rewritten' : ''}` : DONE[fate.end];
	return (
		`${node.name}: ${answers ? 'answer over ' : ''}${protocol} from ${from} ${source} to ${hostPort(destination, port)} ` +
		`${what}${share}${rule ? `: ${rule.where}: ${rule.text}` : `: ${fate.why ?? ''}`}`
	);
};

/** So many ways are told; more of them say the same. */
const TOLD = 20;

/** A policy that stops what is sent by the namespace's pods, or by a node, is why it does not arrive, whether or not it is meant. */
const policyFinding = (node: WalkedNode, parting: Parting, own: ReadonlySet<string>): Finding | undefined => {
	const {
		sent: {isSure, packet},
		rule,
	} = parting;
	return rule && isPolicy(parting) && isSure && (packet.from === 'node' || own.has(packet.source))
		? broken(`a network policy stops them: ${ruleText(node, rule)}`)
		: undefined;
};

/**
 * Sends the packets of the namespace's Services through the whole dump of each node on their way: every table and hook, rules of others and
 * of CNIs, iptables and nft together. The rule by which a way parts from what the model says is the fault; where it cannot be told, or it
 * is a packet that may be kept out on purpose, that is told and not blamed.
 */
export const firewallHop = (facts: Pick<ChainFacts, 'nodes' | 'pods' | 'namespace' | 'family'>, stoppers: Stoppers): Hop => {
	const isSeen = (node: WalkedNode, {rule}: Parting): boolean =>
		[...stoppers.values()].some(
			one => one.node.name === node.name && one.rule !== undefined && one.rule.where === rule?.where && one.rule.text === rule.text,
		);
	const own = new Set(
		(facts.pods.ok ? facts.pods.value : [])
			.filter(({metadata}) => metadata?.namespace === facts.namespace)
			.flatMap(pod => podIp(pod, facts.family) ?? []),
	);
	const partings = facts.nodes.flatMap(node => partingsOn(node, facts).map(parting => ({node, parting})));
	const missing = facts.nodes.flatMap(({name, facts: {iptables, ip6tables}}) => {
		const fact = facts.family === 'ipv6' ? ip6tables : iptables;
		return fact.ok ? [] : [unknown(`${name}: ${fact.source}: ${fact.why}`)];
	});
	const {policies = [], others = []} = Object.groupBy(
		partings.map(({node, parting}) => {
			const policy = policyFinding(node, parting, own);
			return {parting, isPolicys: policy !== undefined, finding: policy ?? findingOf(node, parting, isSeen(node, parting))};
		}),
		({isPolicys}) => (isPolicys ? 'policies' : 'others'),
	);
	// What ends the walk's own connections to endpoints ends those of Services to them.
	const seen = [...stoppers].flatMap(([{kind}, {text, rule, beyond}]) =>
		rule && kind === 'pod' && !POLICIES.test(rule.where) ? [broken(`${text}${beyondText(rule, beyond)}`)] : [],
	);
	const findings = [...[...others, ...policies].map(({finding}) => finding), ...seen];
	const each = new Map([...missing, ...findings].map(finding => [`${finding.state} ${finding.text}`, finding]));
	const first = others.find(({finding}) => finding.state === 'broken');
	const layer = first
		? LEFT_OVER.test(first.parting.rule?.where ?? '')
			? ('rules' as const)
			: HOP.layer
		: policies.length > 0
			? ('policy' as const)
			: HOP.layer;
	return hopOf(
		{...HOP, layer},
		[...each.values()],
		partings.length === 0
			? facts.nodes.map(({name}) => name)
			: partings.slice(0, TOLD).map(({node, parting}) => wayText(node, parting)),
	);
};
