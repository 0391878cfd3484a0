import {digest} from './cache.ts';
import {exec} from './exec.ts';
import type {Machine} from './machine/machine.ts';

/**
 * Addresses of a cluster. Each cluster has a segment of its own inside namespaces of its own, so all clusters use the same ones;
 * only the leg to the host differs.
 */
export const SEGMENT = {prefix: 24, gateway: '172.18.0.1', api: '172.18.0.2', outside: '172.18.0.100'} as const;
export const POD_SUBNET = '10.244.0.0/16';
export const SERVICE_SUBNET = '10.96.0.0/16';
/** The first address of the range is the API server's Service. */
export const API_VIP = '10.96.0.1';
export const CLUSTER_DNS = '10.96.0.10';

/** Address of the Node with this index on the segment (0 is the control-plane Node). */
export const nodeAddress = (index: number): string => `172.18.0.${10 + index}`;
export const podSubnetOf = (index: number): string => `10.244.${index}.0/24`;

/** A shell condition: the API server serves. */
export const API_ANSWERS = `curl --silent --output /dev/null --fail --insecure --max-time 2 https://${SEGMENT.api}:6443/readyz`;

export type Leg = {readonly link: string; readonly host: string; readonly cluster: string};

/** `ip -batch` lines of a machine with one interface on the segment. */
export const segmentNetwork = (address: string, routes: readonly string[] = []): readonly string[] => [
	'link set lo up', `addr add ${address}/${SEGMENT.prefix} dev eth0`, 'link set eth0 up', ...routes,
];

/** Routes to the pods of every Node but `self`. */
export const podRoutes = (nodes: number, self?: number): readonly string[] =>
	Array.from({length: nodes}, (_, index) => index).filter(index => index !== self).map(index => `route add ${podSubnetOf(index)} via ${nodeAddress(index)}`);

/** What leaves the pod network takes the node's address, as every CNI does it; kube-proxy masquerades only what it marked. */
export const masquerade = `table ip cni-masquerade {
	chain postrouting {
		type nat hook postrouting priority srcnat + 10; policy accept;
		ip saddr ${POD_SUBNET} ip daddr != ${POD_SUBNET} oifname "eth0" masquerade
	}
}
`;

/**
 * Chooses the /31 between the host and the API machine, of the range for tests of network equipment (RFC 2544), by the cluster's id;
 * passes over what the host already has. Two clusters with one id cannot be.
 */
export const chooseLeg = async (id: string): Promise<Leg> => {
	const taken = await exec(['ip', '-o', '-4', 'addr', 'show']);
	const start = Number.parseInt(digest(id).slice(0, 4), 16);
	for (let step = 0; step < 0x10000; step++) {
		const slot = (start + step) % 0x10000;
		const at = (last: number): string => `198.${18 + (slot >> 15)}.${(slot >> 7) & 255}.${((slot & 127) << 1) + last}`;
		if (!taken.includes(` ${at(0)}/`)) return {link: `vipcheck-${id}`, host: at(0), cluster: at(1)};
	}
	throw new Error('every /31 of 198.18.0.0/15 is in use on this host: run `vipcheck clean`');
};

/** Plugs machines into the switch: one link each, `eth0` at the machine's end, a port with the machine's name at the switch's. */
export const plug = async (machines: readonly Machine[], switchMachine: Machine): Promise<void> => {
	const lines = machines.flatMap(({name, pid}) => [
		`link add ${name} type veth peer name eth0 netns ${pid}`, `link set ${name} master segment addrgenmode none`, `link set ${name} up`,
	]);
	await exec(['nsenter', '--target', String(switchMachine.pid), '--net', 'ip', '-batch', '-'], {stdin: `${lines.join('\n')}\n`});
};

/** The one link between a cluster and the host. It ends in the API machine, which forwards nothing. */
export const plugLeg = async (leg: Leg, api: Machine): Promise<void> => {
	const lines = [`link add ${leg.link} type veth peer name leg netns ${api.pid}`, `link set ${leg.link} addrgenmode none`, `addr add ${leg.host}/31 dev ${leg.link}`, `link set ${leg.link} up`];
	await exec(['ip', '-batch', '-'], {stdin: `${lines.join('\n')}\n`});
};
