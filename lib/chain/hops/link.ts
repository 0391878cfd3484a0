import {broken, hopOf, notUnderstood, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';
import {deviceOf} from '../ways.ts';

const HOP = {name: 'the interface of each node is up, sends what it is given, and to the right neighbour', layer: 'link'} as const;
const DOWN = ['DOWN', 'LOWERLAYERDOWN', 'NOTPRESENT'];

/** The interface that has the node's address, up and with a carrier. */
const isUp = ({name, ip, facts: {addresses, links}}: WalkedNode): readonly Finding[] => {
	if (!addresses.ok || !links.ok) return [unknown(`${name}: its interfaces are not known`)];
	const odd = [
		...notUnderstood(`${name}: ${addresses.source}`, addresses.value),
		...notUnderstood(`${name}: ${links.source}`, links.value),
	];
	if (odd.length > 0) return odd;
	const device = addresses.value.items.find(({address}) => address === ip)?.device;
	if (device === undefined) return [broken(`no interface of ${name} has its address ${ip}`)];
	const link = links.value.items.find(one => one.name === device);
	if (!link || (link.up && !DOWN.includes(link.state))) return [];
	return [broken(`${device} of ${name}, which has ${ip}, is ${link.up ? `up but without a carrier (${link.state})` : 'down'}`)];
};

/**
 * Entries that somebody has made by hand, or an agent for good, and that name no interface of that node. Some clouds answer for all nodes
 * with one address of their own: what is reached all the same is led rightly.
 */
const misled = (node: WalkedNode, {nodes, dials}: Pick<ChainFacts, 'nodes' | 'dials'>): readonly Finding[] => {
	const {neighbours} = node.facts;
	return (neighbours.ok ? neighbours.value.items : []).flatMap(({address, device, mac, states}) => {
		const other = nodes.find(({ip, name}) => ip === address && name !== node.name);
		const links = other?.facts.links;
		const all = links?.ok ? links.value.items : [];
		if (!other || mac === undefined || !states.includes('PERMANENT') || all.length === 0 || all.some(link => link.mac === mac))
			return [];
		const seen = dials
			.filter(({from, node: to}) => from === node.name && to === other.name)
			.flatMap(each => (each.dials.ok ? each.dials.value : []));
		if (seen.some(({outcome}) => outcome === 'answered' || outcome === 'reset' || outcome === 'refused')) return [];
		const own = all.find(({name}) => name === deviceOf(other, address));
		return [
			(seen.length > 0 ? broken : unknown)(
				`the neighbour ${address} lladdr ${mac} ${states.join(' ')} at ${device} of ${node.name} is no interface of ` +
					`${other.name}${own?.mac === undefined ? '' : `, whose ${own.name} has ${own.mac}`}`,
			),
		];
	});
};

/** Packets that fit one node's interface and not another's are lost on the way, if nobody says so in between: suspected, not proven. */
const narrow = (nodes: readonly WalkedNode[]): readonly Finding[] => {
	const all = nodes.flatMap(node => {
		const {links} = node.facts;
		const link = (links.ok ? links.value.items : []).find(({name}) => name === deviceOf(node, node.ip));
		return link ? [{node, link}] : [];
	});
	const most = Math.max(...all.map(({link}) => link.mtu));
	const widest = all.find(({link}) => link.mtu === most);
	return all
		.filter(({link}) => link.mtu < most)
		.map(({node, link}) =>
			unknown(
				`${link.name} of ${node.name} has an MTU of ${link.mtu}, and ${widest?.link.name} of ${widest?.node.name} one of ${most}`,
			),
		);
};

/** Queues that throw away only what is too much for the interface itself. */
const PLAIN = ['noqueue', 'noop', 'mq', 'mqprio', 'pfifo', 'bfifo', 'pfifo_fast', 'fq', 'fq_codel', 'sfq', 'codel'];
/** No queues: filters hang there, of CNIs too. */
const FILTERS = ['ingress', 'clsact'];

/**
 * Queues of the node's interface that somebody has put in. One that is told to lose packets is to blame; one that has lost some is where
 * connections of the walk from or to this node were lost, too.
 */
const losing = (node: WalkedNode, dials: ChainFacts['dials']): readonly Finding[] => {
	const {name, facts} = node;
	const device = deviceOf(node, node.ip);
	const isLossy = dials.some(
		({from, node: to, dials: seen}) =>
			from !== to && (from === name || to === name) && seen.ok && seen.value.some(({outcome}) => outcome === 'timeout'),
	);
	return (facts.queues.ok ? facts.queues.value.items : []).flatMap(({device: at, kind, drops = 0, loss = 0}) => {
		if (at !== device || PLAIN.includes(kind)) return [];
		if (loss > 0) return [broken(`the qdisc ${kind} at ${at} of ${name} loses ${Number((loss * 100).toFixed(2))} % of what it sends`)];
		if (drops === 0) return [];
		const text = `the qdisc ${kind} at ${at} of ${name} has dropped ${drops} packets`;
		return [isLossy && !FILTERS.includes(kind) ? broken(text) : unknown(text)];
	});
};

/**
 * The interface that has the node's address: up and with a carrier, with no queue that loses packets, as wide as those of others, and led
 * to the right neighbours.
 */
export const linkHop = ({nodes, dials}: Pick<ChainFacts, 'nodes' | 'dials'>): Hop =>
	hopOf(
		HOP,
		[...nodes.flatMap(node => [...isUp(node), ...misled(node, {nodes, dials}), ...losing(node, dials)]), ...narrow(nodes)],
		nodes.map(({name, ip}) => `${name} ${ip}`),
	);
