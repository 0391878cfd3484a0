import {nameOf} from '../../state.ts';
import type {IpFamily} from '../../../target.ts';
import type {Endpoint, ServicePort} from '../../state.ts';
import {hashOf} from '../hash.ts';

const HASH_LENGTH = 8;
/** NFT_NAME_MAXLEN less room for the longest prefix. */
const LENGTH_MAX = 240;

/** A name behind its own hash, cut if too long (hashAndTruncate of pkg/proxy/nftables/proxier.go). */
const hashed = (name: string): string => {
	const full = `${hashOf(name, HASH_LENGTH)}-${name}`;
	return full.length > LENGTH_MAX ? `${full.slice(0, LENGTH_MAX - 3)}...` : full;
};

export type NftNames = {
	readonly cluster: string;
	readonly local: string;
	readonly external: string;
	readonly firewall: string;
	readonly endpoint: (endpoint: Endpoint) => string;
	readonly affinity: (endpoint: Endpoint) => string;
};

/** Names of the chains and affinity sets of a port. */
export const nftNames = ({namespace, service, portName, protocol}: ServicePort): NftNames => {
	const path = `${namespace}/${service}/${protocol.toLowerCase()}/${portName}`;
	const base = hashed(path);
	// A chain's name may hold no colon.
	const ofEndpoint = ({ip, port}: Endpoint): string => hashed(`${path}__${ip.replaceAll(':', '.')}/${port}`);
	return {
		cluster: `service-${base}`,
		local: `local-${base}`,
		external: `external-${base}`,
		firewall: `firewall-${base}`,
		endpoint: endpoint => `endpoint-${ofEndpoint(endpoint)}`,
		affinity: endpoint => `affinity-${ofEndpoint(endpoint)}`,
	};
};

/** Whether a name is one that kube-proxy gives to chains and sets of Services; no other name of its table holds a slash. */
export const isPortName = (name: string): boolean => name.includes('/');

const OF_A_PORT = /^[a-z]+-[A-Z2-7]{8}-([^/]+)\/([^/]+)\/[a-z]+\/([^/]*?)(?:__[^/]*\/\d+)?$/;

/** `ns/svc:port` of which a chain or set is, by its name. */
export const aboutName = (name: string): string | undefined => {
	const [, namespace, service, portName] = OF_A_PORT.exec(name) ?? [];
	return namespace === undefined || service === undefined || portName === undefined ? undefined : nameOf({namespace, service, portName});
};

export const tableOf = (family: IpFamily): string => `${family === 'ipv4' ? 'ip' : 'ip6'} kube-proxy`;
