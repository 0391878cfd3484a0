import {spawn, type ChildProcess} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {undoAll} from '../change/undo.ts';
import {knownDefect} from '../check/known.ts';
import {connect} from '../kube.ts';
import type {Problem} from '../record/events.ts';
import {Violation} from '../record/problem.ts';
import type {RunPlan} from '../record/run-plan.ts';
import {openShells} from '../shell/shells.ts';
import {succeed} from '../shell/succeed.ts';
import {targetKey, type ClusterRef} from '../target.ts';
import {echoService} from '../testbed/echo-service.ts';
import {flowsOf} from '../testbed/flows-of.ts';
import {sendFlows, type Flow} from '../testbed/flows.ts';
import {testbedMaker} from '../testbed/make-testbed.ts';
import type {OpenedTestbed, Recorder, TestNode} from '../testbed/testbed.ts';
import {INJURIES_BY_OTHERS, type Ground, type InjuryByOthers, type WayIn} from './fixtures/injuries-by-others.ts';

/** A cluster that `vipcheck up` made, with two workers at least; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const {mode} = cluster.target;
const kube = await connect(cluster.kubeconfig);
const shells = await openShells(cluster);
const plan = {
	runId: `others-${process.pid}`,
	target: targetKey(cluster.target),
	cluster,
	mode,
	checks: [],
	repeat: 1,
} as unknown as RunPlan;
const testbeds = testbedMaker(plan, kube, shells);
const injuries = INJURIES_BY_OTHERS.filter(({modes}) => modes.some(one => one === mode));

/** What the walk wrote down last. */
const evidence = new Map<string, string>();
const recorder = {
	step: () => undefined,
	number: () => undefined,
	grid: () => undefined,
	chart: () => undefined,
	scene: () => undefined,
	evidence: (name: string, content: string) => void evidence.set(name, content),
	settled: async () => Promise.resolve(),
	row: async () => Promise.resolve(),
} satisfies Recorder;

let opened: OpenedTestbed;
let injured: TestNode;
let ground: Ground;
let flows: ReadonlyMap<WayIn, readonly Flow[]>;
const spinners: ChildProcess[] = [];

const endSpinners = (): void => {
	for (const spinner of spinners.splice(0)) spinner.kill('SIGKILL');
};

/** kube-proxy syncs at the latest so long after it did (syncPeriod 30 s); on nodes with kernels of their own that takes some seconds. */
const SYNC_PERIOD_MS = 40_000;

/** So many connections of each way, all at once: where a third of them goes wrong, all go right once in 400,000 times. */
const COUNT = 32;

test.before(async t => {
	t.timeout(300_000);
	// Of a run of this test that was killed.
	await undoAll(cluster);
	opened = await testbeds.open({id: 'injuries/by-others', signal: new AbortController().signal, recorder});
	for (const signal of ['SIGINT', 'SIGTERM'] as const)
		process.once(signal, () => {
			endSpinners();
			void opened.takeBack?.().finally(() => process.exit(130));
		});
	const {testbed} = opened;
	const [one, two] = testbed.workers;
	if (!two) throw new Error('this takes two workers');
	const ports = [{name: 'http', port: 80, targetPort: 8080}];
	const {
		clusterIp: vip,
		nodePorts,
		pods,
		expected,
	} = await echoService(testbed, {
		replicas: testbed.workers.length,
		client: true,
		type: 'NodePort',
		ports,
	});
	const podOn = ({name}: TestNode) => {
		const pod = pods.find(({node}) => node === name);
		if (!pod) throw new Error(`no endpoint on ${name}`);
		return pod;
	};
	const nodes = (await kube.core.listNode()).items;
	const networkOf = ({name}: TestNode): string => nodes.find(({metadata}) => metadata?.name === name)?.spec?.podCIDR ?? '';
	const said = async (...argv: readonly string[]): Promise<string> => (await succeed(one.shell, argv)).trim();
	const device = / dev (\S+)/.exec(await said('ip', '-o', 'route', 'get', two.ip))?.[1] ?? '';
	injured = one;
	ground = {
		vip,
		pod: podOn(one).ip,
		otherPod: podOn(two).ip,
		pods: networkOf(one),
		otherPods: networkOf(two),
		otherNode: two.ip,
		otherMac: (await succeed(two.shell, ['cat', `/sys/class/net/${device}/address`])).trim(),
		device,
		conntrackMax: await said('sysctl', '-n', 'net.netfilter.nf_conntrack_max'),
		rpFilter: await said('sysctl', '-n', `net.ipv4.conf.${device}.rp_filter`),
	};
	const goals = {
		vip: {ip: vip, port: 80},
		nodePort: {ip: one.ip, port: nodePorts['http'] as number, nodePort: true},
	} as const;
	const ways = (['injured', 'other'] as const).flatMap(at =>
		(['pod', 'node'] as const).flatMap(kind =>
			(['vip', 'nodePort'] as const).map(async to => {
				const node = at === 'injured' ? one : two;
				const from = kind === 'pod' ? [podOn(node)] : (['node'] as const);
				const wish = {from, on: [node], to: [goals[to]], counts: COUNT, sources: true};
				return [`${kind} on ${at} to ${to}`, await flowsOf(testbed, wish, expected)] as const;
			}),
		),
	);
	flows = new Map<WayIn, readonly Flow[]>(await Promise.all(ways));
});

test.afterEach.always(async () => opened.takeBack?.());
test.after.always(async () => {
	endSpinners();
	await opened?.takeBack?.();
	await opened?.close();
	await testbeds.close();
	await shells.close();
});

const of = (ways: readonly WayIn[]): readonly Flow[] => ways.flatMap(way => flows.get(way) ?? []);

/** What a check would have gone red with; undefined: all connections became what they must. */
const redOf = async (title: string, ways: readonly Flow[]): Promise<Problem | undefined> => {
	try {
		await sendFlows(opened.testbed, title, ways);
		return undefined;
	} catch (error) {
		if (error instanceof Violation) return error.problem;
		throw error;
	}
};

/** What is wrong with the ways where nothing is done to the node, but for what Kubernetes itself is known to do at times. */
const healthOf = async (t: ExecutionContext, when: string): Promise<Problem | undefined> => {
	const red = await redOf(when, of([...flows.keys()]));
	const found = red && (await opened.firstBroken?.(red));
	const defect = found && knownDefect({mode, version: cluster.target.version}, 'injuries/by-others', found);
	if (!defect) return red;
	t.log(`${when}: ${found.layer?.detail} (${defect.id})`);
	return undefined;
};

/** Ways that suffer nothing of an injury although they must. */
const unharmed = (ways: readonly Flow[], red: Problem | undefined): readonly string[] =>
	ways
		.filter(({from, to}) => !red?.ways?.some(way => way.from === from.name && way.to.startsWith(`${to.ip}:${to.port} `)))
		.map(({row, column}) => `${row} → ${column}`);

const isTold = async (t: ExecutionContext, {name, make, back, suffers, layer, rule, takenIn}: InjuryByOthers): Promise<void> => {
	t.timeout(300_000);
	const {testbed} = opened;
	t.is(await healthOf(t, 'before'), undefined, 'a way is broken before anything is done');
	const run = (script: string) => ({kind: 'run', node: injured.name, argv: ['sh', '-ec', script]}) as const;
	const startedAt = performance.now();
	const takeBack = await testbed.change({name, make: [run(make(ground))], undo: [run(back(ground))]});
	const red = await redOf(name, of(suffers));
	t.deepEqual(unharmed(of(suffers), red), [], `${name}: did no harm there: the row is wrong`);
	const {layer: found, suspected = []} = (await opened.firstBroken?.(red as Problem)) ?? {};
	await takeBack();
	if (takenIn?.some(one => one === mode)) await setTimeout(SYNC_PERIOD_MS);
	t.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${found?.name}: ${found?.detail}`);
	const told = `${evidence.get('chain.txt')}\nsuspected: ${suspected.join('\n')}`;
	t.is(found?.name, layer, told);
	t.true(found?.detail.includes(injured.name), told);
	t.regex(found?.detail ?? '', rule(ground), told);
	t.is(await healthOf(t, 'after'), undefined, `${name}: was not taken back`);
};

test('there are injuries enough of this mode', t => {
	t.true(injuries.length >= 14);
	t.is(new Set(injuries.map(({name}) => name)).size, injuries.length);
});

for (const injury of injuries) test.serial(`${injury.name}: ${injury.layer}`, async t => isTold(t, injury));

test.serial('another process keeps each core busy', t => {
	for (let core = 0; core < availableParallelism(); core++)
		spinners.push(spawn(process.execPath, ['-e', 'for (;;);'], {stdio: 'ignore'}));
	t.true(spinners.every(({pid}) => pid !== undefined));
});

for (const injury of injuries)
	test.serial(`${injury.name}, on a busy machine: ${injury.layer}`, async t => {
		t.true(spinners.length > 0 && spinners.every(({exitCode}) => exitCode === null), 'the machine is not kept busy');
		await isTold(t, injury);
	});
