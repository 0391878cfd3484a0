import test from 'ava';
import {LOOKS, type LookName} from '../facts/argv.ts';
import {KubeError} from '../kube-error.ts';
import type {Kube} from '../kube.ts';
import {CHAIN_ANSWER_TIMEOUT_MS, CHAIN_DIAL_TIMEOUT_MS} from '../limits.ts';
import {recordedDump, recordedState} from '../model/rules/fixtures/recorded.ts';
import {Lost, type Vantage} from '../probe/vantage.ts';
import {TransportError} from '../shell/shell.ts';
import {stubShell, type Reply} from '../../test/stub-shell.ts';
import {detailOf} from './chain.ts';
import {page, PODS, process} from './fixtures/healthy.ts';
import {gatherChain, type Scene} from './gather.ts';
import {walk} from './walk.ts';

const state = recordedState('iptables');
const list = (items: readonly unknown[]) => () => Promise.resolve({items, metadata: {resourceVersion: '1'}});
const DNS = {
	metadata: {name: 'coredns-a', namespace: 'kube-system', labels: {'k8s-app': 'kube-dns'}},
	spec: {nodeName: 'worker-1'},
	status: {podIPs: [{ip: '10.244.1.2'}]},
};
const OWN = (name = '') => /^plain(?:-|$)/.test(name);

const kube = (more: object = {}): Kube => {
	const client = {
		core: {
			listServiceForAllNamespaces: list(state.services.filter(({metadata}) => metadata?.namespace !== 'shop' || OWN(metadata.name))),
			listNode: list(state.nodes),
			listPodForAllNamespaces: list([...PODS, DNS]),
			listNamespacedPod: list([]),
			readNamespacedConfigMap: () => Promise.resolve({data: {'config.conf': 'mode: iptables\nclusterCIDR: 10.244.0.0/16\n'}}),
			...more,
		},
		apps: {readNamespacedDaemonSet: () => Promise.resolve({spec: {template: {spec: {containers: [{image: 'kube-proxy:v1.36.3'}]}}}})},
		discovery: {
			listEndpointSliceForAllNamespaces: list(
				state.slices.filter(({metadata}) => metadata?.namespace !== 'shop' || OWN(metadata.name)),
			),
		},
		networking: {listNetworkPolicyForAllNamespaces: list([]), listServiceCIDR: list([])},
		version: {getCode: () => Promise.resolve({gitVersion: 'v1.36.3'})},
		bound: () => client,
	};
	return client as unknown as Kube;
};

const key = (name: LookName): string => LOOKS[name].argv.join(' ');
/** Whether the node has ipsets, virtual servers or legacy rules at all: it has none. */
const GUARDS = (['ipset', 'ipvs', 'iptablesLegacy'] as const).map(name => LOOKS[name].guard.argv.join(' '));
const replies = (node: 'worker-1' | 'worker-2', more: Readonly<Record<string, Reply>> = {}): Readonly<Record<string, Reply>> => ({
	...Object.fromEntries(GUARDS.map(guard => [guard, {exitCode: 1}])),
	[key('processes')]: process('Ssl'),
	[key('nft')]: '{"nftables": []}',
	[key('sysctls')]: 'net.ipv4.ip_forward = 1\n',
	[key('links')]: '[]',
	[key('addresses')]: JSON.stringify([
		{ifname: 'eth0', addr_info: [{family: 'inet', local: node === 'worker-1' ? '172.18.0.11' : '172.18.0.12', prefixlen: 16}]},
	]),
	[key('iptables')]: recordedDump('iptables', node),
	[key('conntrack')]: '',
	[key('routes')]: '[]',
	[key('routingRules')]: '[]',
	[key('interfaceSettings')]: '',
	[key('queues')]: '[]',
	[key('neighbours')]: '[]',
	[key('livez')]: page('ok'),
	[key('proxyMode')]: page('iptables'),
	[key('configz')]: page('{}', 404),
	[key('metrics')]: page(''),
	...more,
});

const place = (more: Partial<Vantage> = {}): Vantage => ({
	name: 'stub',
	ips: [],
	close: () => Promise.resolve(),
	evaluate: () => Promise.reject(new Error('a stub calls nothing')),
	open: () => Promise.reject(new Error('nobody asks this')),
	resolve: () => Promise.reject(new Error('nobody asks this')),
	dial: (_, {count}) =>
		Promise.resolve(
			Array.from({length: count}, () => ({at: 0, ms: 1, outcome: 'answered' as const, backend: 'web', sourceIp: '10.244.2.1'})),
		),
	lookup: name =>
		Promise.resolve({
			server: '10.244.1.2',
			rcode: 'NOERROR',
			authoritative: true,
			truncated: false,
			answers: [{name, type: 'A', ttl: 30, data: '192.0.2.1'}],
			additionals: [],
			ms: 1,
		}),
	...more,
});

const gather = async ({
	other,
	suspect,
	...more
}: Partial<Scene> & {other?: Readonly<Record<string, Reply>>; suspect?: Readonly<Record<string, Reply>>} = {}) => {
	const shells = {'worker-1': stubShell(replies('worker-1', other)), 'worker-2': stubShell(replies('worker-2', suspect))} as const;
	const gathered = await gatherChain({
		kube: kube(),
		namespace: 'shop',
		family: 'ipv4',
		suspected: ['worker-2'],
		seen: new Map(),
		asksDns: false,
		signal: AbortSignal.timeout(5000),
		nodes: [
			{name: 'worker-1', ip: '172.18.0.11', shell: shells['worker-1']},
			{name: 'worker-2', ip: '172.18.0.12', shell: shells['worker-2']},
		],
		fromNode: () => Promise.resolve(place()),
		fromPod: () => Promise.resolve(place()),
		...more,
	});
	return {...gathered, calls: shells['worker-2'].calls};
};

test('all is looked at, by commands that only look', async t => {
	const {facts, texts, calls} = await gather();
	t.deepEqual(
		facts.nodes.map(({name, suspected, state: {ok}}) => [name, suspected, ok]),
		[
			['worker-1', false, true],
			['worker-2', true, true],
		],
	);
	t.deepEqual(
		[facts.services.ok && facts.services.value.length, facts.pods.ok, facts.dials.length, facts.lookups],
		[1, true, 5, undefined],
	);
	t.true(facts.dials.every(({dials}) => dials.ok && dials.value.every(({outcome}) => outcome === 'answered')));
	t.true(texts.get('worker-2')?.iptables.ok);
	t.deepEqual(
		calls.toSorted(),
		[
			...GUARDS,
			...[
				'processes',
				'nft',
				'sysctls',
				'interfaceSettings',
				'addresses',
				'links',
				'queues',
				'neighbours',
				'iptables',
				'routes',
				'routingRules',
				'conntrack',
				'livez',
				'proxyMode',
				'configz',
				'metrics',
			].map(name => key(name as LookName)),
		].toSorted(),
	);
});

test('no node is named: all are suspected', async t => {
	t.deepEqual((await gather({suspected: []})).facts.nodes.filter(({suspected}) => suspected).length, 2);
});

test('a kube-proxy that is stopped, or does not answer, is not asked on', async t => {
	const stopped = await gather({suspect: {[key('processes')]: process('Tsl')}});
	t.deepEqual(
		stopped.calls.filter(call => call.startsWith('curl')),
		[],
	);
	const silent = await gather({suspect: {[key('livez')]: {exitCode: 28, stderr: 'curl: (28) Operation timed out'}}});
	t.deepEqual(
		silent.calls.filter(call => call.startsWith('curl')),
		[key('livez')],
	);
	t.regex(detailOf(walk(stopped.facts)), /^kube-proxy of worker-2 hangs: its process 205 is stopped/);
});

test('DNS is asked where the check asked it; no answer is a finding, a prober that fails is none', async t => {
	const wrong = await gather({asksDns: true});
	t.deepEqual(
		wrong.facts.lookups?.ok &&
			wrong.facts.lookups.value.map(({server, question, faults}) => [server, question, faults.ok && faults.value]),
		[
			[
				'CoreDNS pod coredns-a (10.244.1.2, on worker-1)',
				'A plain.shop.svc.cluster.local',
				['the answer lacks plain.shop.svc.cluster.local A 10.96.132.51', 'the answer has plain.shop.svc.cluster.local A 192.0.2.1'],
			],
		],
	);
	const lost = await gather({asksDns: true, fromPod: () => Promise.resolve(place({lookup: () => Promise.reject(new Lost('timeout'))}))});
	t.deepEqual(lost.facts.lookups?.ok && lost.facts.lookups.value.map(({faults}) => faults.ok && faults.value), [['no answer: timeout']]);
	const broken = await gather({asksDns: true, fromPod: () => Promise.reject(new TransportError('no client pod'))});
	t.like(broken.facts.lookups, {ok: false, why: 'no client pod'});
});

test('what cannot be looked at is unknown and does not throw', async t => {
	const forbidden = new KubeError({verb: 'GET', path: '/api/v1/pods', server: 'https://k'}, {transport: false, code: 403, body: '{}'});
	const {facts} = await gather({
		kube: kube({listPodForAllNamespaces: () => Promise.reject(forbidden)}),
		fromNode: () => Promise.reject(new TransportError('no prober')),
		suspect: Object.fromEntries(
			Object.keys(replies('worker-2')).map(command => [command, new TransportError('worker-2: cannot enter the machine')]),
		),
	});
	const chain = walk(facts);
	t.is(chain.broken, undefined);
	t.true(chain.hops.filter(({state: is}) => is === 'unknown').length >= 5);
	t.deepEqual(
		chain.hops.filter(({state: is, finding}) => is !== 'ok' && finding === undefined),
		[],
	);
	const lost = await gather({
		kube: {
			...kube(),
			bound: () => {
				throw new TypeError('ours');
			},
		} as Kube,
	});
	t.like(lost.facts.services, {ok: false, why: 'ours'});
});

test('time is limited: what hangs is unknown, the rest is there', async t => {
	const limit = new AbortController();
	const asked: string[] = [];
	const {facts} = await gather({
		signal: limit.signal,
		fromNode: async name => {
			asked.push(name);
			if (name === 'worker-2') return place();
			// The others have had their answers by then.
			setTimeout(() => limit.abort(), 200);
			return Promise.withResolvers<never>().promise;
		},
	});
	t.is(asked.length, 5);
	t.deepEqual(facts.dials.map(({from, dials}) => `${from} ${dials.ok}`).toSorted(), [
		'worker-1 false',
		'worker-2 true',
		'worker-2 true',
		'worker-2 true',
		'worker-2 true',
	]);
	t.true(facts.dials.every(({dials}) => dials.ok || dials.why === 'not within the time limit'));
});

test('each answer gets its time: over a connection that stands more, of a datagram so much more as nodes are slower', async t => {
	const asked = new Map<string, readonly unknown[]>();
	const dial: Vantage['dial'] = (to, options) => {
		asked.set(to.protocol ?? 'TCP', [options.timeoutMs, options.answerMs]);
		return place().dial(to, options);
	};
	const hostPorts = [{hostPort: 8053, containerPort: 53, protocol: 'UDP'}];
	const pods = PODS.map(pod => ({...pod, spec: {...pod.spec, containers: [{name: 'dns', ports: hostPorts}]}}));
	await gather({patience: 3, kube: kube({listPodForAllNamespaces: list(pods)}), fromNode: () => Promise.resolve(place({dial}))});
	t.deepEqual(asked.get('TCP'), [CHAIN_DIAL_TIMEOUT_MS, CHAIN_ANSWER_TIMEOUT_MS]);
	t.is(asked.get('UDP')?.[0], 3 * CHAIN_DIAL_TIMEOUT_MS);
});
