import {readFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {parse} from 'yaml';
import type {Access, SshLogin} from '../../lib/access.ts';
import type {ClusterRef} from '../../lib/target.ts';
import {UsageError, messageOf} from '../../lib/usage.ts';

/** How the machines of a cluster are reached, out of a file of the user. */
export type Inventory = {
	/** By the name of the Node. */
	readonly nodes: ReadonlyMap<string, Access>;
	readonly outside?: NonNullable<ClusterRef['outside']>;
};

const LOGIN_WORDS = ['host', 'port', 'user', 'key', 'agent', 'knownHosts', 'fingerprints', 'sudo', 'bastion'];
const TOP_WORDS = [...LOGIN_WORDS.filter(word => word !== 'host'), 'nodes', 'outside'];
/** What may be said once for all hosts. A fingerprint is of one host. */
const SHARED = ['port', 'user', 'key', 'agent', 'knownHosts', 'sudo', 'bastion'];

type Words = Readonly<Record<string, unknown>>;

const isWords = (value: unknown): value is Words => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads an inventory (docs/existing.md). Throws UsageError, in one line that names the place, for what it does not know or lacks. */
export const parseInventory = (text: string, file: string, env: Readonly<Record<string, string | undefined>>): Inventory => {
	const bad = (why: string): never => {
		throw new UsageError(`the inventory ${file} cannot be used: ${why}`);
	};
	const words = (value: unknown, place: string, known: readonly string[]): Words => {
		if (!isWords(value)) return bad(`${place} is not a mapping`);
		const odd = Object.keys(value).find(word => !known.includes(word));
		return odd === undefined ? value : bad(`${place} has ${odd}; known are ${known.join(', ')}`);
	};
	const of = <T extends 'string' | 'number' | 'boolean'>(value: unknown, type: T, place: string) => {
		if (value !== undefined && typeof value !== type) bad(`${place} is not a ${type}`);
		return value as (T extends 'string' ? string : T extends 'number' ? number : boolean) | undefined;
	};
	const path = (value: unknown, place: string): string | undefined => {
		const name = of(value, 'string', place);
		return name === undefined ? undefined : resolve(dirname(file), name.replace(/^~(?=\/)/, env['HOME'] ?? '~'));
	};
	const login = (all: Words, place: string): SshLogin => {
		const {host, port, user, key, agent, knownHosts, fingerprints} = all;
		const list = fingerprints ?? [];
		if (!Array.isArray(list) || list.some(one => !/^SHA256:[\w+/]{43}$/.test(String(one))))
			return bad(`${place}.fingerprints is not a list like [SHA256:…], as ssh-keygen -l shows them`);
		const file = path(key, `${place}.key`);
		const socket = of(agent, 'boolean', `${place}.agent`) === true ? env['SSH_AUTH_SOCK'] : undefined;
		if (agent === true && socket === undefined) return bad(`${place} wants the agent, but SSH_AUTH_SOCK is not set`);
		if (file === undefined && socket === undefined) return bad(`${place} has neither key nor agent: true`);
		const known = path(knownHosts, `${place}.knownHosts`);
		if (known === undefined && list.length === 0)
			return bad(`${place} has neither knownHosts nor fingerprints: its key would be taken on trust`);
		return {
			host: of(host, 'string', `${place}.host`) ?? bad(`${place} has no host`),
			user: of(user, 'string', `${place}.user`) ?? bad(`${place} has no user`),
			...(port !== undefined && {port: of(port, 'number', `${place}.port`) as number}),
			...(file !== undefined && {key: file}),
			...(socket !== undefined && {agent: socket}),
			...(known !== undefined && {knownHosts: known}),
			...(list.length > 0 && {fingerprints: list.map(String)}),
		};
	};

	let parsed: unknown;
	try {
		parsed = parse(text);
	} catch (error) {
		return bad(messageOf(error).split('\n')[0] as string);
	}
	const top = words(parsed, 'it', TOP_WORDS);
	const shared = Object.fromEntries(Object.entries(top).filter(([word]) => SHARED.includes(word)));
	const access = (value: unknown, place: string, more: readonly string[] = []): Access => {
		const all = {...shared, ...words(value, place, [...LOGIN_WORDS, ...more])};
		const {bastion, sudo} = all as Words;
		return {
			kind: 'ssh',
			...login(all, place),
			...(of(sudo, 'boolean', `${place}.sudo`) === true && {sudo: true}),
			...(bastion !== undefined && {
				bastion: login({...shared, ...words(bastion, `${place}.bastion`, LOGIN_WORDS)}, `${place}.bastion`),
			}),
		};
	};
	const nodes = words(top['nodes'] ?? {}, 'nodes', Object.keys((top['nodes'] ?? {}) as Words));
	const {outside} = top;
	const ips = isWords(outside) ? outside['ips'] : undefined;
	if (outside !== undefined && (!Array.isArray(ips) || ips.length === 0))
		return bad('outside has no ips: its addresses on the segment of the nodes');
	return {
		nodes: new Map(Object.entries(nodes).map(([name, value]) => [name, access(value, `nodes.${name}`)])),
		...(outside !== undefined && {outside: {ips: (ips as unknown[]).map(String), access: access(outside, 'outside', ['ips'])}}),
	};
};

/** Reads an inventory file. Throws UsageError. */
export const readInventory = async (file: string): Promise<Inventory> => {
	const text = await readFile(file, 'utf8').catch((cause: unknown) => {
		throw new UsageError(`the inventory ${file} cannot be read: ${messageOf(cause)}`, {cause});
	});
	return parseInventory(text, resolve(file), process.env);
};
