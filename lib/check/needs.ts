import {ipFamilyOf} from '../ip.ts';
import {connect} from '../kube.ts';
import {KUBE_PROXY} from '../kube-proxy.ts';
import {poolRef} from '../metallb.ts';
import type {Shell} from '../shell/shell.ts';
import {openShells, type Machines, type Shells} from '../shell/shells.ts';
import type {AddOn, ClusterRef, Support} from '../target.ts';
import {causesOf} from '../usage.ts';

type NeedRow = {
	/** After "needs". */
	readonly words: string;
	/** What a run puts into the cluster where a check needs it. */
	readonly addOn?: AddOn;
	/** Looks whether a cluster that is there has it. */
	find(cluster: Asked, shells: Shells): Promise<Support>;
};

/** A cluster that is asked what it has. */
type Asked = Machines & Partial<Pick<ClusterRef, 'addOns' | 'target' | 'muslResolver'>>;

const answers = async (shell: Shell, how: string, argv: readonly string[] = ['true']): Promise<Support> => {
	try {
		const {exitCode, stderr} = await shell.run(argv);
		return exitCode === 0
			? {ok: true, how}
			: {ok: false, why: `${shell.where} cannot run ${argv[0]}: ${stderr.trim() || `exit code ${exitCode}`}`};
	} catch (error) {
		return {ok: false, why: causesOf(error).join(': ')};
	}
};

/** musl asks over TCP what is too long for a datagram from 1.2.4 on (https://www.openwall.com/lists/musl/2023/05/02/1). */
const askedByMusl = (resolver: ClusterRef['muslResolver']): Support => {
	if (!resolver) return {ok: false, why: "this cluster's provider brings none"};
	if ('why' in resolver) return {ok: false, why: resolver.why};
	return resolver.version.localeCompare('1.2.4', 'en', {numeric: true}) >= 0
		? {ok: true, how: `musl ${resolver.version}`}
		: {ok: false, why: `musl ${resolver.version} asks over UDP alone`};
};

/** All that a check may need of a cluster beyond its API, found by trying. A new need is a row here, and nothing else. */
export const NEEDS = {
	'node-access': {
		words: 'a shell on the nodes',
		async find({nodes}, shells) {
			// Checks look at every node: one that cannot be reached keeps them all.
			const found = await Promise.all(nodes.map(async ({name, access}) => answers(shells.node(name), access?.kind ?? '')));
			return found.find(({ok}) => !ok) ?? found[0] ?? {ok: false, why: 'this cluster has no nodes'};
		},
	},
	'dual-stack': {
		words: 'both address families',
		find: ({nodes}) => {
			const families = new Set(nodes.flatMap(({ips}) => ips.map(ip => ipFamilyOf(ip))));
			return Promise.resolve(
				families.size > 1
					? {ok: true, how: 'nodes with addresses of both'}
					: {ok: false, why: 'its nodes have addresses of one only'},
			);
		},
	},
	sctp: {
		words: 'SCTP in the kernel of the nodes',
		async find({nodes}, shells) {
			const [node] = nodes;
			if (!node) return {ok: false, why: 'this cluster has no nodes'};
			try {
				// Nobody listens there: it is refused where there is such a thing as SCTP.
				const {stderr} = await shells.node(node.name).run(['socat', '-u', '/dev/null', 'SCTP4-CONNECT:127.0.0.1:9']);
				return /refused/i.test(stderr)
					? {ok: true, how: 'socat'}
					: {ok: false, why: `${node.name}: ${stderr.trim().split('\n').at(-1)}`};
			} catch (error) {
				return {ok: false, why: causesOf(error).join(': ')};
			}
		},
	},
	'outside-host': {
		words: "a host on the nodes' segment that is not a node",
		async find({outside}, shells) {
			return outside ? answers(shells.outside(), outside.access.kind) : {ok: false, why: 'this cluster has none'};
		},
	},
	'musl-resolver': {
		words: "a program that asks musl's resolver",
		find: async ({muslResolver}) => Promise.resolve(askedByMusl(muslResolver)),
	},
	'proxy-pods': {
		words: "kube-proxy in pods of kubeadm's DaemonSet",
		async find({kubeconfig}) {
			try {
				const {apps, core} = await connect(kubeconfig);
				await Promise.all([apps.readNamespacedDaemonSet(KUBE_PROXY), core.readNamespacedConfigMap(KUBE_PROXY)]);
				return {ok: true, how: `${KUBE_PROXY.namespace}/${KUBE_PROXY.name}`};
			} catch (error) {
				return {ok: false, why: causesOf(error).join(': ')};
			}
		},
	},
	'node-domain': {
		words: 'a hold on the link and the power of each node',
		find: async ({nodes}) =>
			Promise.resolve(
				nodes.length > 0 && nodes.every(({domain}) => domain)
					? {ok: true, how: 'the switch and the power of machines'}
					: {ok: false, why: "this cluster's provider gives none"},
			),
	},
	keepalived: {
		words: 'keepalived on two workers',
		async find({nodes}, shells) {
			const [first, second] = nodes.filter(({role}) => role === 'worker');
			if (!first || !second) return {ok: false, why: 'this cluster has one worker'};
			const found = await Promise.all(
				[first, second].map(async ({name}) => answers(shells.node(name), 'VRRP', ['keepalived', '--version'])),
			);
			return found.find(({ok}) => !ok) ?? {ok: true, how: 'VRRP'};
		},
	},
	metallb: {
		words: 'MetalLB with a pool for checks',
		addOn: 'metallb',
		async find({addOns, target, kubeconfig}) {
			if (addOns?.metallb) return addOns.metallb;
			const pool = target?.existing?.metallbPool;
			if (pool === undefined)
				return {ok: false, why: target?.existing ? '--metallb-pool names none' : 'nothing is known that puts it into this cluster'};
			try {
				await (await connect(kubeconfig)).read(poolRef(pool));
				return {ok: true, how: `pool ${pool}`};
			} catch (error) {
				return {ok: false, why: causesOf(error).join(': ')};
			}
		},
	},
	'metallb-pools': {
		words: 'a MetalLB whose pools are ours to make',
		addOn: 'metallb',
		find: async ({addOns}) => Promise.resolve(addOns?.metallb ?? {ok: false, why: 'that of others keeps the pools that it has'}),
	},
	'network-policy': {
		words: 'a program that enforces NetworkPolicies',
		addOn: 'network-policy',
		find: async ({addOns}) =>
			Promise.resolve(addOns?.['network-policy'] ?? {ok: false, why: 'nothing is known that puts one into this cluster'}),
	},
	'older-proxy': {
		words: 'kube-proxy of the minor version before',
		addOn: 'older-proxy',
		find: async ({addOns}) =>
			Promise.resolve(addOns?.['older-proxy'] ?? {ok: false, why: 'nothing is known that puts its image into the nodes'}),
	},
} as const satisfies Readonly<Record<string, NeedRow>>;

export type Need = keyof typeof NEEDS;

/** What a cluster offers beyond its API, with the reason where it does not. */
export type Capabilities = Readonly<Record<Need, Support>>;

const NAMES = Object.keys(NEEDS) as readonly Need[];

const each = (supports: readonly Support[]): Capabilities =>
	Object.fromEntries(NAMES.map((name, index) => [name, supports[index]])) as Capabilities;

/** What must be put into a cluster for a check with these needs. */
export const addOnsFor = (needs: readonly Need[] = []): readonly AddOn[] =>
	needs.flatMap(need => {
		const row: NeedRow = NEEDS[need];
		return row.addOn ?? [];
	});

/** The needs that an add-on meets. */
export const metBy = (addOn: AddOn): readonly Need[] => NAMES.filter(need => addOnsFor([need]).includes(addOn));

/** What a cluster that is there offers. */
export const capabilitiesOf = async (cluster: Asked): Promise<Capabilities> => {
	const shells = await openShells(cluster);
	try {
		return each(await Promise.all(NAMES.map(async name => NEEDS[name].find(cluster, shells))));
	} finally {
		await shells.close();
	}
};

/** Before a cluster is there nothing is ruled out for want of it. */
export const ALL_CAPABILITIES: Capabilities = each(NAMES.map(() => ({ok: true, how: 'not looked yet'})));
