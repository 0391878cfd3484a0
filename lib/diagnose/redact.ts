import {createHmac, randomBytes} from 'node:crypto';
import {isIP} from 'node:net';
import {canonicalIp, familyOf, numberOf} from '../model/address.ts';
import type {IpFamily} from '../target.ts';
import type {Snapshot} from './snapshot.ts';

/** Words that every cluster has, which rules look for and which tell nothing of whose it is. */
const COMMON = new Set(
	`default kube-system kube-public kube-node-lease kubernetes kube-dns kube-proxy coredns dns dns-tcp http https metrics main cluster
	local svc kubernetes.default cilium kube-router antrea-agent calico-node aws-node kube-flannel-ds anetd speaker metallb-system true
	false None TCP UDP SCTP IPv4 IPv6`.split(/\s+/),
);

/** Labels and annotations of Kubernetes itself have meaning to rules. */
const KNOWN_KEY = /(?:^|[./])(?:k8s\.io|kubernetes\.io|k8s-app)(?:\/|$)|^k8s-app$|^component$|^tier$/;
const MEANT = new Set(['k8s-app', 'component', 'tier']);

const WIDTH: Readonly<Record<IpFamily, number>> = {ipv4: 32, ipv6: 128};

const textOf = (value: bigint, family: IpFamily): string =>
	family === 'ipv4'
		? [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 0xffn).join('.')
		: Array.from({length: 8}, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(':');

/** Addresses that mean the same everywhere. */
const isUniversal = (ip: string): boolean =>
	/^(?:127\.|0\.0\.0\.0$|255\.|169\.254\.|22[4-9]\.|23\d\.)/.test(ip) || ip === '::' || ip === '::1' || /^f[ef]/.test(ip);

/**
 * Each bit of an address is turned over or not by the bits before it: two addresses have the same network after it if they had before
 * (Crypto-PAn).
 */
const addressMap = (key: Buffer): ((ip: string) => string) => {
	const flips = new Map<string, bigint>();
	const known = new Map<string, string>();
	const flip = (prefix: string): bigint => {
		const found = flips.get(prefix) ?? BigInt(createHmac('sha256', key).update(prefix).digest()[0]! & 1);
		flips.set(prefix, found);
		return found;
	};
	return text => {
		const ip = canonicalIp(text);
		if (ip === undefined || isUniversal(ip)) return text;
		const found = known.get(ip);
		if (found !== undefined) return found;
		const family = familyOf(ip);
		const [width, value] = [WIDTH[family], numberOf(ip)];
		let mapped = 0n;
		for (let bit = 0; bit < width; bit++) {
			const before = value >> BigInt(width - bit);
			mapped = (mapped << 1n) | (((value >> BigInt(width - 1 - bit)) & 1n) ^ (bit === 0 ? 0n : flip(`${family}/${bit}/${before}`)));
		}
		const result = canonicalIp(textOf(mapped, family)) ?? text;
		// One that has become a universal address would mean something else.
		const safe = isUniversal(result) ? textOf(mapped ^ (1n << BigInt(width - 2)), family) : result;
		known.set(ip, safe);
		return safe;
	};
};

/** Objects whose keys are somebody's. */
const LABELS = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);
/** Fields whose values are words of the API, whatever else has the same name. */
const WORDS_OF_THE_API = new Set(
	`type kind apiVersion protocol phase status policyTypes ipFamilies ipFamilyPolicy addressType externalTrafficPolicy
	internalTrafficPolicy operator effect reason dnsPolicy restartPolicy sessionAffinity trafficDistribution ipMode failurePolicy
	pathType scheme format operatingSystem architecture`.split(/\s+/),
);

type Json = string | number | boolean | null | readonly Json[] | {readonly [key: string]: Json | undefined};

const NAMES = new Set([
	'name',
	'namespace',
	'nodeName',
	'hostname',
	'subdomain',
	'generateName',
	'uid',
	'externalName',
	'host',
	'image',
	'serviceAccountName',
	'zone',
	'node',
	'serviceName',
	'serviceNamespace',
	'loadBalancerClass',
	'containerID',
	'imageID',
	'instance',
	'machineID',
	'systemUUID',
	'bootID',
	'providerID',
]);

/** Collects what names somebody's things: names, values and keys of labels, host names. */
const collect = (value: Json | undefined, names: Set<string>, key = ''): void => {
	if (typeof value === 'string') {
		if (NAMES.has(key) && value !== '') names.add(value);
	} else if (Array.isArray(value)) for (const one of value as readonly Json[]) collect(one, names, key);
	else if (value !== null && typeof value === 'object')
		for (const [name, one] of Object.entries(value)) {
			if (LABELS.has(key) && typeof one === 'string' && !MEANT.has(name) && one !== '') names.add(one);
			collect(one, names, name);
		}
};

/** Free texts tell more than a table of words can know. */
const DROPPED = new Set(['annotations', 'message', 'note', 'managedFields', 'env', 'data', 'exec']);
const ADDRESS = /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7})(?![\w:])/g;
const WORD = /[A-Za-z\d](?:[\w.-]*[A-Za-z\d])?/g;

export type Redacted = {
	readonly snapshot: Snapshot;
	/** What became of `NAMESPACE/NAME`, also where nothing has this name. */
	readonly nameOf: (name: string) => string;
};

/**
 * A snapshot that can leave the company: names, namespaces, labels and addresses are replaced, each always by the same; networks stay
 * networks, so that rules find the same. Free texts and what nodes said (whose rules carry hashes of names) are left out. `secret` makes
 * the replacement; without it nobody can undo it.
 */
export const redact = (snapshot: Snapshot, secret: Buffer = randomBytes(32)): Redacted => {
	const names = new Set<string>();
	const facts = Object.fromEntries(Object.entries(snapshot.facts).filter(([name]) => name !== 'nodeEvidence'));
	collect(facts as unknown as Json, names);
	const mapIp = addressMap(secret);
	const words = new Map<string, string>();
	const another = (name: string): string => `n-${createHmac('sha256', secret).update(name).digest('hex').slice(0, 10)}`;
	for (const name of [...names].sort()) if (!COMMON.has(name) && isIP(name) === 0) words.set(name, another(name));
	const wordOf = (word: string): string => {
		const found = words.get(word);
		if (found !== undefined || !word.includes('.')) return found ?? word;
		return word
			.split('.')
			.map(part => words.get(part) ?? part)
			.join('.');
	};
	const textOfString = (text: string): string =>
		words.get(text) ??
		(isIP(text) !== 0
			? mapIp(text)
			: text
					.replaceAll(ADDRESS, address => (isIP(address) === 0 ? address : mapIp(address)))
					.replaceAll(WORD, word => (isIP(word) === 0 ? wordOf(word) : word)));
	const keyOf = (key: string): string =>
		KNOWN_KEY.test(key) ? key : `k-${createHmac('sha256', secret).update(key).digest('hex').slice(0, 10)}`;
	const walk = (value: Json | undefined, field: string): Json => {
		if (typeof value === 'string') return WORDS_OF_THE_API.has(field) ? value : textOfString(value);
		if (Array.isArray(value)) return (value as readonly Json[]).map(one => walk(one, field));
		if (value === null || typeof value !== 'object') return value ?? null;
		return Object.fromEntries(
			Object.entries(value).flatMap(([name, one]) => {
				if (DROPPED.has(name)) return [];
				// In a list of conditions of a selector the key is a label's too.
				if (name === 'key' && typeof one === 'string') return [[name, keyOf(one)]];
				const labels = LABELS.has(field);
				return [[labels ? keyOf(name) : name, labels && MEANT.has(name) ? (one ?? null) : walk(one, name)]];
			}),
		);
	};
	const kept = Object.fromEntries(
		Object.entries(facts).map(([name, fact]) => {
			const {value, ...about} = fact as {value?: Json; source: string};
			return [
				name,
				value === undefined ? {...about, ...('why' in about && {why: 'not known'})} : {...about, value: walk(value, name)},
			];
		}),
	);
	return {
		snapshot: {...snapshot, server: 'https://redacted', facts: kept as Snapshot['facts']},
		nameOf: name =>
			name
				.split('/')
				.map(part => (COMMON.has(part) ? part : another(part)))
				.join('/'),
	};
};
