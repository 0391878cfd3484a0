import {hostPort} from '../../address.ts';
import {nameOf} from '../../state.ts';
import type {Endpoint, ServicePort} from '../../state.ts';
import {hashOf} from '../hash.ts';

const HASH_LENGTH = 16;

/** Prefixes of the chains of a Service's port, in what they are for. KUBE-XLB- went with 1.24. */
export const CHAINS = {
	cluster: 'KUBE-SVC-',
	local: 'KUBE-SVL-',
	external: 'KUBE-EXT-',
	firewall: 'KUBE-FW-',
	endpoint: 'KUBE-SEP-',
} as const;

export type ChainNames = Readonly<Record<Exclude<keyof typeof CHAINS, 'endpoint'>, string>> & {
	readonly endpoint: (endpoint: Endpoint) => string;
};

/** Names of the chains of a port: a prefix and 16 characters of a hash (pkg/proxy/iptables/proxier.go). */
export const chainNames = (port: ServicePort): ChainNames => {
	const key = `${nameOf(port)}${port.protocol.toLowerCase()}`;
	const hash = hashOf(key, HASH_LENGTH);
	return {
		cluster: CHAINS.cluster + hash,
		local: CHAINS.local + hash,
		external: CHAINS.external + hash,
		firewall: CHAINS.firewall + hash,
		endpoint: ({ip, port: number}) => CHAINS.endpoint + hashOf(key + hostPort(ip, number), HASH_LENGTH),
	};
};

const OF_A_PORT = /^KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-[A-Z2-7]{16}$/;

/** Whether a name is one that kube-proxy gives to the chains of Services. */
export const isPortChain = (name: string): boolean => OF_A_PORT.test(name);
