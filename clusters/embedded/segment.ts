import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Family} from '../../lib/target.ts';
import {hostAddress} from './addresses.ts';
import {SEGMENT, SWITCH, type MachineSpec} from './machine/machine.ts';
import {defaultRoute, GATEWAY_RULES, ipv6Settings, segmentNetwork} from './network.ts';

/** The switch's bridge passes frames on as a switch does: no host firewall looks at them, no port has to wait. */
export const switchMachine = (layers: readonly string[]): MachineSpec => ({
	name: SWITCH,
	layers,
	links: [],
	// Commands for machines with kernels of their own come by here.
	files: {'etc/machine/agent-client.pl': readFileSync(join(import.meta.dirname, 'machine/uml/agent-client.pl'), 'utf8')},
	network: [
		'link set lo up',
		`link add ${SEGMENT} type bridge forward_delay 0 mcast_snooping 0`,
		`link set ${SEGMENT} addrgenmode none`,
		`link set ${SEGMENT} up`,
	],
	sysctls: {
		'net/ipv4/ip_forward': '0',
		'net/bridge/bridge-nf-call-iptables': '0',
		'net/bridge/bridge-nf-call-ip6tables': '0',
		'net/bridge/bridge-nf-call-arptables': '0',
	},
});

/**
 * The segment's default gateway answers ARP and forwards nothing: what leaves the cluster is lost here, as a timeout and not as "network
 * unreachable".
 */
export const gatewayMachine = (layers: readonly string[], family: Family): MachineSpec => ({
	name: 'gateway',
	layers,
	links: ['eth0'],
	network: segmentNetwork({family, address: version => hostAddress('gateway', version)}),
	sysctls: {'net/ipv4/ip_forward': '0', ...ipv6Settings(family)},
	nft: GATEWAY_RULES,
});

/** A host on the segment that is no part of the cluster. */
export const outsideMachine = (layers: readonly string[], family: Family): MachineSpec => ({
	name: 'outside',
	layers,
	links: ['eth0'],
	network: segmentNetwork({family, address: version => hostAddress('outside', version)}, defaultRoute(family)),
	sysctls: ipv6Settings(family),
});
