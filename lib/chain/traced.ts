import type {Route} from '../facts/parse/ip-json.ts';
import {PROXY_MODES} from '../model/modes/modes.ts';
import type {Verdict} from '../model/verdict.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import {canonicalIp, hostPort} from '../model/address.ts';
import {withoutBound} from '../model/rules/ipvs/addresses.ts';
import {fatesOf, type Fate, type QuotedRule} from '../trace/fates.ts';
import type {TraceNode} from '../trace/place.ts';
import {bridgingOf} from '../trace/traced-node.ts';
import type {Rules} from '../trace/trace.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';
import {packetsOn, type Sent} from './packets.ts';

/** Where the rules of a node do to a packet what the model does not: which rule, or why it cannot be told. */
export type Parting = {
	readonly sent: Sent;
	readonly fate: Fate;
	readonly rule?: QuotedRule;
	/** Which of kube-proxy's own chains, in this mode, the rule stands in. */
	readonly isKubeProxys: boolean;
};

/** Where the routes were not looked at, those that come with the addresses are known. */
const connected = ({facts: {addresses}}: WalkedNode, family: ChainFacts['family']): readonly Route[] =>
	(addresses.ok ? addresses.value.items : [])
		.filter(each => each.family === family)
		.map(({device, address, prefixLength}) => ({destination: `${address}/${prefixLength}`, device, type: 'unicast', table: 'main'}));

/** What of a node decides about packets beside its rules. */
export const placeOn = (node: WalkedNode, family: ChainFacts['family']): TraceNode => {
	const {addresses} = node.facts;
	const routes = family === 'ipv6' ? node.facts.routesIpv6 : node.facts.routes;
	const interfaces = addresses.ok ? addresses.value.items : undefined;
	return {
		addresses: [
			node.ip,
			...(interfaces ?? []).filter(({scope}) => scope !== 'host').flatMap(({address}) => canonicalIp(address) ?? []),
		],
		...(interfaces && {interfaces}),
		...bridgingOf(node.facts),
		[family === 'ipv6' ? 'routesIpv6' : 'routes']: routes.ok ? routes.value.items : connected(node, family),
	};
};

/** All rules that a node was seen to have. */
export const rulesOf = ({facts: {iptables, ip6tables, iptablesLegacy, ip6tablesLegacy, nft, ipset, ipvs}}: WalkedNode): Rules => ({
	...(iptables.ok && {iptables: iptables.value}),
	...(ip6tables.ok && {ip6tables: ip6tables.value}),
	...(iptablesLegacy.ok && {iptablesLegacy: iptablesLegacy.value}),
	...(ip6tablesLegacy.ok && {ip6tablesLegacy: ip6tablesLegacy.value}),
	...(nft.ok && {nft: nft.value}),
	...(ipset.ok && {ipset: ipset.value}),
	...(ipvs.ok && {ipvs: ipvs.value}),
});

/** Pods do not masquerade what they send each other, whoever's CNI it is; beyond them it may. */
const isAmongPods = ({packet: {source}}: Sent, to: string, pods: ReadonlySet<string>): boolean =>
	pods.has(source) && [...pods].some(ip => to.startsWith(hostPort(ip, 0).slice(0, -1)));

/** What is known of a node's kube-proxy, and of the node. */
type Proxy = {
	/** Which places of rules it makes. */
	readonly makes: (where: string) => boolean;
	/** By which it marks what is to be masqueraded. */
	readonly bit: number;
	/** Whether somebody has given the node the address itself: a cache of DNS takes what is for the Service, untracked, on purpose. */
	readonly isOwn: (to: string) => boolean;
};

/** Who set the mark of kube-proxy, or cleared it, last, if it was somebody else. */
const marker = ({marks}: Fate, what: 'set' | 'cleared', {makes, bit}: Proxy): QuotedRule | undefined => {
	const by = marks.findLast(change => (change[what] & bit) !== 0)?.by;
	return by && !makes(by.where) ? by : undefined;
};

/** A rule that accepts hides those of kube-proxy that stand in the same table of iptables; chains of nftables hide nobody's. */
const hides = (rule: QuotedRule | undefined, {makes}: Proxy): QuotedRule | undefined =>
	rule && !makes(rule.where) && makes(rule.where.replace(/nat \S+$/, 'nat KUBE-SERVICES')) ? rule : undefined;

/**
 * The rule by which a fate is not what the model says; undefined: it is, or it is not a rule that makes the difference but the want of one.
 */
const rightly = (fate: Fate, model: Verdict, sent: Sent, pods: ReadonlySet<string>, proxy: Proxy): QuotedRule | undefined => {
	if (model.kind === 'mixed' || model.kind === 'unknown') return undefined;
	if (fate.end === 'drop' || fate.end === 'refuse') return ['dropped', 'refused'].includes(model.kind) ? undefined : fate.by;
	if (sent.packet.answers) return undefined;
	const amongPods = isAmongPods(sent, fate.to, pods) && fate.rewritten ? (marker(fate, 'set', proxy) ?? fate.rewritten) : undefined;
	if (model.kind !== 'backends') return model.kind === 'leaves' || model.kind === 'node' ? (fate.translated ?? amongPods) : undefined;
	const backend = model.backends.find(({ip, port}) => hostPort(ip, port) === fate.to);
	if (!backend) return fate.translated ?? (proxy.isOwn(fate.to) ? undefined : (fate.untracked ?? hides(fate.letOut?.destination, proxy)));
	if (backend.source === 'kept') return amongPods;
	return fate.rewritten ? undefined : (fate.untracked ?? marker(fate, 'cleared', proxy) ?? hides(fate.letOut?.source, proxy));
};

/** Whether the rule of a parting is that of another one, of some kind. */
const isIn = ({rule}: Parting, isOf: (other: Parting) => boolean, partings: readonly Parting[]): boolean =>
	partings.some(other => other.rule?.where === rule?.where && other.rule?.text === rule?.text && isOf(other));

/** An answer goes where it must: of its translation no rule decides any more. */
const ANSWERED: Verdict = {kind: 'node', because: 'it answers'};

/**
 * Sends the packets of the namespace's Services (or of all) through the whole dump of a node, every table and hook of it, and tells where
 * their ways part from what the model says. Empty where the node's state is not known.
 */
export const partingsOn = (
	node: WalkedNode,
	{nodes, pods: listed, family, ...of}: Pick<ChainFacts, 'nodes' | 'pods' | 'family'> & Partial<Pick<ChainFacts, 'namespace'>>,
): readonly Parting[] => {
	const {state} = node;
	if (!state.ok) return [];
	const place = placeOn(node, family);
	const model = verdictsOf(state.value, node.name, {localAddresses: withoutBound(place.addresses, place.interfaces ?? [])});
	const fates = fatesOf(rulesOf(node), place);
	const own = place.addresses.map(ip => hostPort(ip, 0).slice(0, -1));
	const isOwn = (to: string): boolean => own.some(ip => to.startsWith(ip));
	const proxy = {makes: PROXY_MODES[state.value.mode].makes, bit: (1 << state.value.proxy.masqueradeBit) >>> 0, isOwn};
	const pods = new Set(
		(listed.ok ? listed.value : []).flatMap(({spec, status}) =>
			spec?.hostNetwork ? [] : (status?.podIPs ?? []).flatMap(({ip}) => ip ?? []),
		),
	);
	const all = packetsOn(node, nodes, {...of, pods: listed, family}).flatMap(sent => {
		const verdict: Verdict = sent.packet.answers ? ANSWERED : model(sent.packet);
		const partings = fates(sent.packet).flatMap((fate): readonly Parting[] => {
			// Of answers only what is certain is told: their marks are not known.
			if (fate.end === 'unknown') return fate.beyond || sent.packet.answers ? [] : [{sent, fate, isKubeProxys: false}];
			const rule = rightly(fate, verdict, sent, pods, proxy);
			return rule ? [{sent, fate, rule, isKubeProxys: proxy.makes(rule.where)}] : [];
		});
		// What goes wrong within all limits is not a limit's doing.
		return partings.filter(parting => !parting.fate.beyond || !isIn(parting, ({fate}) => !fate.beyond, partings));
	});
	// What ends connections ends their answers by the way.
	return all.filter(parting => !parting.sent.packet.answers || !isIn(parting, ({sent}) => !sent.packet.answers, all));
};
