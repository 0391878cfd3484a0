import test from 'ava';
import {changesOf} from '../../change/changes.ts';
import {hangDaemon} from '../../change/domain.ts';
import {gatherApi} from '../../gather/gather-api.ts';
import {eventually} from '../../wait/eventually.ts';
import {lookAtRules, proxySettings, versionsOf, type ProxySettings} from '../../../suites/rules/exact/node-rules.ts';
import {differenceText, type NodeDifference} from '../../model/rules/difference-text.ts';
import {makeShapes, shapePods} from '../../../suites/rules/shapes/services.ts';
import type {TestNode} from '../../testbed/testbed.ts';
import {RULES_EXACT_TIMEOUT_MS} from '../../limits.ts';
import {minorOf} from '../../target.ts';
import {clusterTest} from './fixtures/cluster-testbed.ts';
import {untold, type Injuries, type Injury} from './fixtures/live-injury.ts';
import {IPTABLES_INJURIES} from './fixtures/live-injuries-iptables.ts';
import {listedDump, NFTABLES_INJURIES} from './fixtures/live-injuries-nftables.ts';
import {parseIptablesSave} from '../../facts/parse/iptables-save.ts';
import {firstOf} from './choices.ts';
import {readIptables, readNftables, rulesOf} from './look-at.ts';

const {testbed, tools, stateOf, close} = await clusterTest('injuries');
const {cluster, mode, kube, namespace, signal, workers} = testbed;
const held = changesOf(cluster.dir, 'injuries/held', tools, signal);
const injured = changesOf(cluster.dir, 'injuries', tools, signal);
/** At least 40, so that every shape is there. */
const SHAPES = 40;

let settings: ProxySettings;
let node: TestNode;

/** How the rules differ; undefined: the API changed meanwhile. */
const look = async (): Promise<readonly NodeDifference[] | undefined> => (await lookAtRules(testbed, settings))?.differences;

/** Waits until the rules are what the API asks for, and answers for which state of it. */
const exact = async (): Promise<string> =>
	eventually(
		'every node has exactly the rules that the API asks for',
		async () => {
			const seen = await lookAtRules(testbed, settings);
			return seen?.differences.length === 0
				? {done: true, value: seen.versions}
				: {done: false, observed: seen?.differences.map(one => differenceText(one)).join('\n') ?? 'the API changes'};
		},
		{timeoutMs: RULES_EXACT_TIMEOUT_MS, signal},
	);

const nodesOf = async (app: string): Promise<readonly (string | undefined)[]> =>
	(await kube.core.listNamespacedPod({namespace, labelSelector: `app=${app}`})).items.map(({spec}) => spec?.nodeName);

/** Of what the node's kube-proxy saw last. */
let followed: string;

/** Its kube-proxy hangs, so that it mends nothing; nor does it follow the API any more. */
const hold = async (): Promise<void> => void (await held.make(hangDaemon(node, 'kube-proxy')));

/**
 * An endpoint may come or go meanwhile (a pod of the cluster's own is not ready for a moment): a difference of its own while kube-proxy
 * hangs. Then it catches up. Answers whether it had to.
 */
const catchUp = async (): Promise<boolean> => {
	if (versionsOf(await gatherApi(kube)) === followed) return false;
	await held.takeAllBack();
	followed = await exact();
	await hold();
	return true;
};

test.before(async () => {
	await kube.core.createNamespace({body: {metadata: {name: namespace}}});
	await makeShapes(testbed, 1, SHAPES, await shapePods(testbed));
	settings = await proxySettings(testbed);
	followed = await exact();
	// Some endpoints are on this node, and of some Services that are Local none.
	const [some, none] = [await nodesOf('shape-a'), await nodesOf('shape-b')];
	node = firstOf(
		workers.filter(({name}) => some.includes(name) && !none.includes(name)),
		'no worker with pods of shape-a and without shape-b',
	);
	await hold();
});

test.afterEach.always(() => injured.takeAllBack());
test.after.always(async () => {
	await held.takeAllBack();
	await close();
});

/** Lines that are not the same in two texts. */
const differing = (before: string, after: string): readonly (readonly [string | undefined, string | undefined])[] => {
	const [left, right] = [before.split('\n'), after.split('\n')];
	return Array.from({length: Math.max(left.length, right.length)}, (_, line) => [left[line], right[line]] as const).filter(
		([a, b]) => a !== b,
	);
};

/** An injury, and the input that puts the node's rules back at once. */
type Plan = Injury & {readonly back: string};
type Planned = {readonly title: string; plan(): Promise<Plan>};

const planned = <Dump>(injuries: Injuries<Dump>, plan: (find: (dump: Dump) => Injury) => Promise<Plan>): readonly Planned[] =>
	Object.entries(injuries).flatMap(([verb, rows]) =>
		rows.map(([title, find]) => ({title: `${verb} ${title}`, plan: async () => plan(find)})),
	);

const ofIptables = planned(IPTABLES_INJURIES, async find => {
	const text = await readIptables(node, 'ipv4');
	const injury = find({rules: rulesOf(parseIptablesSave(text, 'ipv4')), namespace});
	const [table = ''] = injury.input.split('\n');
	const start = text.indexOf(`${table}\n`);
	return {...injury, back: text.slice(start, text.indexOf('COMMIT\n', start) + 'COMMIT\n'.length)};
});

const ofNftables = planned(NFTABLES_INJURIES, async find => {
	const [text, {stdout}] = await Promise.all([
		readNftables(node, 'ipv4'),
		node.shell.run(['nft', '-a', 'list', 'table', 'ip', 'kube-proxy']),
	]);
	// Adding it first makes deleting one that is not there no error.
	return {...find(listedDump(stdout, namespace)), back: `add table ip kube-proxy\ndelete table ip kube-proxy\n${text}`};
});

const HOWS = [
	{
		of: 'iptables',
		injuries: ofIptables,
		tool: ['iptables-restore', '-w', '--noflush'],
		back: ['iptables-restore', '-w'],
		minors: [35, 36, 37],
	},
	{of: 'nftables', injuries: ofNftables, tool: ['nft', '-f', '-'], back: ['nft', '-f', '-'], minors: [36, 37]},
] as const;

for (const {of, injuries, tool, back, minors} of HOWS) {
	const isHere = of === mode && minors.some(minor => minor === minorOf(cluster.target.version));
	if (!isHere)
		test.skip(`injuries of ${of} ${minors.map(minor => `1.${minor}`).join(' and ')}: this cluster is of ${mode} ${cluster.target.version}`, t =>
			t.fail());
	for (const {title, plan} of isHere ? injuries : [])
		test.serial(title, async t => {
			const attempt = async () => {
				const before = await stateOf(node);
				const {input, told, back: saved} = await plan();
				const takeBack = await injured.make({
					name: title,
					make: [{kind: 'run', node: node.name, argv: tool, stdin: input}],
					undo: [{kind: 'run', node: node.name, argv: back, stdin: saved}],
				});
				const differences = await look();
				await takeBack();
				return {input, told, differences, before, after: await stateOf(node)};
			};
			const isTold = ({differences, told}: Awaited<ReturnType<typeof attempt>>): boolean =>
				differences?.length === 1 && differences[0]!.node === node.name && untold(differences[0]!, told).length === 0;
			let made = await attempt();
			if (!isTold(made) && (await catchUp())) made = await attempt();
			const {input, told, differences, before, after} = made;
			for (const difference of differences ?? []) t.log(differenceText(difference));
			t.deepEqual(
				differences?.map(difference => ({node: difference.node, untold: untold(difference, told)})),
				[{node: node.name, untold: []}],
				input,
			);
			t.deepEqual(differing(before, after), []);
		});
}

test.serial('after all of them nothing differs', async t => {
	await catchUp();
	t.deepEqual(await look(), []);
});
