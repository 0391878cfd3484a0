import {TransportError} from '../shell/shell.ts';
import type {NodeRef} from '../target.ts';
import {ChangeError, type Change, type Command} from './command.ts';
import {continueDaemon, stopDaemon} from './daemon.ts';

/**
 * A failure domain is one node: what can happen to it, as changes. All throw TransportError where the cluster's provider gives no hold on
 * it.
 */
type Domain = NonNullable<NodeRef['domain']>;

const domainOf = ({name, domain}: NodeRef): Domain => {
	if (!domain) throw new TransportError(`this cluster gives no hold on the link and the power of ${name}`);
	return domain;
};

const atPort = ({port}: Domain, argv: readonly string[], stdin?: string): Command => ({
	kind: 'beside',
	access: port.access,
	where: `the switch at ${port.name}`,
	argv,
	...(stdin !== undefined && {stdin}),
});

/** The node's cable is pulled: its own interface stays as it is but loses its carrier. */
export const cutLink = (node: NodeRef): Change => {
	const domain = domainOf(node);
	const set = (state: string): Command => atPort(domain, ['ip', 'link', 'set', domain.port.name, state]);
	return {name: `link of ${node.name} is cut`, make: [set('down')], undo: [set('up')]};
};

/**
 * What the switch loses of what goes to and from a node: rules of nft, for its hooks of the device (netdev ingress, and egress,
 * Linux 5.16), as not every kernel has netem.
 */
const dropAtPort = (node: NodeRef, name: string, rules: readonly string[]): Change => {
	const domain = domainOf(node);
	const table = `drop-${domain.port.name}`;
	const hook = (way: 'ingress' | 'egress'): string =>
		`\tchain ${way} {\n\t\ttype filter hook ${way} device "${domain.port.name}" priority 0;\n` +
		`${rules.map(rule => `\t\t${rule} counter drop\n`).join('')}\t}\n`;
	return {
		name,
		make: [atPort(domain, ['nft', '-f', '-'], `table netdev ${table} {\n${hook('ingress')}${hook('egress')}}\n`)],
		// Adding it first makes deleting one that is not there no error.
		undo: [atPort(domain, ['nft', '-f', '-'], `add table netdev ${table}\ndelete table netdev ${table}\n`)],
	};
};

/** The switch loses a share (0 to 1) of the frames to and from the node, each by chance. */
export const dropShare = (node: NodeRef, share: number): Change => {
	if (!(share > 0 && share <= 1)) throw new ChangeError(`a share of frames to drop is above 0 and at most 1, not ${share}`);
	return dropAtPort(node, `${share * 100} percent of the frames of ${node.name} are lost`, [
		`numgen random mod 10000 < ${Math.round(share * 10_000)}`,
	]);
};

/** The switch loses frames to and from the node that hold more than so many bytes, and nobody says so: a black hole for large packets. */
export const dropLarge = (node: NodeRef, bytes: number): Change =>
	dropAtPort(node, `frames of ${node.name} with more than ${bytes} bytes are lost`, [`meta length > ${bytes}`]);

/** The switch loses what the node tells everybody, unasked, of an address: gratuitous ARP. Answers to those who ask come through. */
export const dropClaims = (node: NodeRef, ip: string): Change =>
	dropAtPort(node, `gratuitous ARP of ${node.name} for ${ip} is lost`, [`ether daddr ff:ff:ff:ff:ff:ff arp saddr ip ${ip}`]);

/** The switch loses fragments of packets to and from the node. */
export const dropFragments = (node: NodeRef): Change =>
	dropAtPort(node, `fragments to and from ${node.name} are lost`, ['ip frag-off & 0x3fff != 0', 'exthdr frag exists']);

const power = (node: NodeRef, state: 'off' | 'on'): Command => ({
	kind: 'beside',
	access: {kind: 'local'},
	where: 'this host',
	argv: domainOf(node).power[state],
});

/** The node loses its power: no process of it gets to say anything. Taking it back boots it. */
export const killNode = (node: NodeRef): Change => ({
	name: `${node.name} is without power`,
	make: [power(node, 'off')],
	undo: [power(node, 'on'), {kind: 'node-is', node: node.name, ready: true}],
});

/** The node loses its power and boots again: a new kernel state (links, rules, connections), the same disk. Ends when it is Ready again. */
export const rebootNode = (node: NodeRef): Change => {
	const {make, undo} = killNode(node);
	// Ready from before the reboot must not be taken for Ready after it: kubelet itself says so within seconds.
	return {name: `${node.name} is booted again`, make: [...make, ...undo], undo};
};

/** A daemon of the node stands still (SIGSTOP), as one that hangs. */
export const hangDaemon = (node: NodeRef, daemon: string): Change => ({
	name: `${daemon} of ${node.name} hangs`,
	make: [stopDaemon(node.name, daemon)],
	undo: [continueDaemon(node.name, daemon)],
});
