import {join} from 'node:path';
import type {Access} from '../access.ts';
import type {ClusterRef} from '../target.ts';
import {inPod, type PodRef} from './pods/in-pod.ts';
import {TransportError, type Shell} from './shell.ts';
import type {Opener, Transport} from './transport.ts';
import {unreachable} from './unreachable.ts';
import {loadParts, partsIn} from '../load.ts';

/** What is known of a cluster's machines. */
export type Machines = Pick<ClusterRef, 'nodes' | 'outside' | 'kubeconfig'>;

/** Shells on a cluster's machines, over connections that are opened once. A process holds one of these. */
export type Shells = {
	/**
	 * On a node. One that cannot be reached has a shell whose every command throws TransportError; so does one that the cluster does
	 * not have.
	 */
	node(name: string): Shell;
	/** On the host outside. Throws TransportError where there is none. */
	outside(): Shell;
	/** In a container of a pod, by the first way that leads there. Throws TransportError with what is against each. */
	pod(ref: PodRef): Promise<Shell>;
	/** On a machine beside the cluster, such as the switch of its network. */
	at(access: Access, where: string): Shell;
	/** Ends all connections; a second call does nothing. */
	close(): Promise<void>;
};

const FOLDER = join(import.meta.dirname, 'transports');

/** The kinds of access there are: a file each. */
export const transportKinds = (): readonly string[] => partsIn(FOLDER).map(({name}) => name);

const isTransport = (value: unknown): value is Transport<Access['kind']> => typeof value === 'function';

const loadOpeners = async (): Promise<ReadonlyMap<string, Opener>> =>
	new Map((await loadParts(partsIn(FOLDER), 'transport', isTransport)).map(({name, part}) => [name, part()]));

/** Opens the pool of a cluster's shells; connects to nothing yet. */
export const openShells = async ({nodes, outside, kubeconfig}: Machines): Promise<Shells> => {
	const openers = await loadOpeners();
	const opened = new Map<string, Shell>();
	const at: Shells['at'] = (access, where) => {
		const key = JSON.stringify([where, access]);
		const opener = openers.get(access.kind);
		if (!opener)
			throw new TransportError(`${where}: there is no transport ${access.kind}; there are ${[...openers.keys()].join(', ')}`);
		const shell = opened.get(key) ?? opener.open(access, where);
		opened.set(key, shell);
		return shell;
	};
	const node: Shells['node'] = name => {
		const found = nodes.find(one => one.name === name);
		if (!found) return unreachable(name, `the cluster has no such node; it has ${nodes.map(one => one.name).join(', ')}`);
		return found.access ? at(found.access, name) : unreachable(name, 'this cluster gives no access to the node');
	};
	return {
		node,
		at,
		outside() {
			if (!outside) throw new TransportError('the cluster has no host outside');
			return at(outside.access, 'outside');
		},
		pod: async ref => inPod(ref, {node, kubeconfig}),
		async close() {
			await Promise.all([...openers.values()].map(async opener => opener.close()));
		},
	};
};
