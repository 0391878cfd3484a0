import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readNode} from '../../facts/read-node.ts';
import {gatherApi} from '../../gather/gather-api.ts';
import {look} from '../../gather/look.ts';
import {ofFamily} from '../../ip.ts';
import {connect} from '../../kube.ts';
import {RULES_EXACT_TIMEOUT_MS} from '../../limits.ts';
import {familyOf} from '../../model/address.ts';
import {PROXY_MODES} from '../../model/modes/modes.ts';
import type {Dial} from '../../probe/vantage.ts';
import {connectReadOnly} from '../../read-kube.ts';
import {openShells} from '../../shell/shells.ts';
import {familiesOf, type ClusterRef, type IpFamily, type Mode} from '../../target.ts';
import {CLIENT_NAMESPACE, deployClients, removeNamespaces} from '../../testbed/clients.ts';
import {testbedMaker} from '../../testbed/make-testbed.ts';
import type {Recorder, TestNode, Testbed} from '../../testbed/testbed.ts';
import {TRACE_LOOKS, tracedNode, type TracedNode} from '../../trace/traced-node.ts';
import {onTheWire, seenText, wireDifference} from '../../trace/wire.ts';
import {eventually} from '../../wait/eventually.ts';
import {echoesOf} from '../../../suites/rules/agreement/agreement.ts';
import type {Probe} from '../../../suites/rules/agreement/probes.ts';
import {sendProbes} from '../../../suites/rules/agreement/send.ts';
import type {Places} from '../../../suites/rules/agreement/senders.ts';
import {listDifferences, lookAtRules, proxySettings} from '../../../suites/rules/exact/node-rules.ts';
import {shapesInForce} from '../../../suites/rules/shapes/in-force.ts';
import {takeSnapshot} from '../run.ts';
import type {Snapshot} from '../snapshot.ts';
import {migrated} from './fixtures/migrated.ts';
import {foretell, type Foretold} from './foretell.ts';
import {MIGRATION_FACTS, migrationOf, stateOf} from './migration.ts';

/**
 * What migrate says of a cluster in one mode is what its clients see once it is in the other: Services of every shape are made, the cluster
 * is looked at as `vipcheck migrate` does, kube-proxy of every node gets the other mode, and each packet that was foretold is sent.
 * VIPCHECK_CLUSTER is the directory of a cluster that `vipcheck up` made; VIPCHECK_MIGRATE_TO another mode than the one meant.
 */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const from = cluster.target.mode as Mode;
const to = (process.env['VIPCHECK_MIGRATE_TO'] ?? (from === 'iptables' ? 'nftables' : 'iptables')) as Mode;
const kube = await connect(cluster.kubeconfig);
const shells = await openShells(cluster);
const signal = AbortSignal.timeout(1_500_000);
const runId = `migrate-${process.pid}`;
const testbeds = testbedMaker({runId, target: 'migrate', cluster, mode: from, checks: [], repeat: 1}, kube, shells);

test.before(async () => deployClients(kube, cluster, runId, {signal}));
test.after.always(async () => {
	await testbeds.close();
	await removeNamespaces(kube, runId);
	await shells.close();
});

const recorder = (t: ExecutionContext): Recorder => ({
	step: text => t.log(text),
	number: (name, value, unit) => t.log(`${name}: ${value} ${unit}`),
	grid: () => undefined,
	chart: () => undefined,
	scene: () => undefined,
	evidence: () => undefined,
	settled: async () => undefined,
	row: async () => undefined,
});

const placesOf = async ({nodes, vantage, outside}: Testbed): Promise<Places> => {
	const opened = new Map(
		await Promise.all(nodes.map(async ({name}) => [name, {pod: await vantage.pod(name), node: await vantage.node(name)}] as const)),
	);
	const host = outside && (await vantage.outside());
	return {vantage: (node, kind) => (kind === 'outside' ? host : opened.get(node)?.[kind]), via: new Map()};
};

/** What migrate foretells of packets that somebody here can send, each once. */
const foretold = (snapshot: Snapshot, family: IpFamily, places: Places): readonly Foretold[] => {
	const pods = snapshot.facts.pods?.ok ? snapshot.facts.pods.value : [];
	const clients = pods.filter(({metadata}) => metadata?.namespace === CLIENT_NAMESPACE);
	const outside = ofFamily(places.vantage('', 'outside')?.ips ?? [], family);
	const all = foretell(stateOf(snapshot, undefined), to, clients, outside === undefined ? {} : {[family]: outside});
	const sendable = [...all].filter(
		({then: {packet}}) =>
			familyOf(packet.destination) === family &&
			packet.protocol !== 'SCTP' &&
			(packet.from !== 'outside' || packet.source === outside) &&
			(packet.from !== 'pod' || clients.some(({status}) => (status?.podIPs ?? []).some(({ip}) => ip === packet.source))),
	);
	const keyOf = ({way: {node}, then: {packet}}: Foretold): string => JSON.stringify([node, packet]);
	return [...new Map(sendable.map(one => [keyOf(one), one])).values()];
};

/** Every node has the rules of the other mode. */
const inForce = async (testbed: Testbed): Promise<void> => {
	const settings = await proxySettings(testbed);
	await eventually(
		`every node has exactly the rules of ${to} mode`,
		async () => {
			const seen = await lookAtRules(testbed, settings);
			if (!seen) return {done: false, observed: 'Services, EndpointSlices or nodes change all the time'};
			return seen.differences.length === 0
				? {done: true, value: undefined}
				: {done: false, observed: listDifferences(seen.differences)};
		},
		{timeoutMs: RULES_EXACT_TIMEOUT_MS, signal: testbed.signal},
	);
};

/** What a node has of addresses, listeners and routes; of the rules nothing is asked, but what was foretold. */
const nodeOf = async ({name, shell}: TestNode, snapshot: Snapshot): Promise<TracedNode> => {
	const looks = ['iptables', 'ip6tables', 'nft', 'addresses', 'sysctls', ...TRACE_LOOKS, ...PROXY_MODES[to].looks('ipv4')] as const;
	const state = {...stateOf(snapshot, undefined), mode: to};
	return tracedNode(name, state, readNode(await look(shell, [...new Set(looks)], signal)));
};

const isLost = ({then}: Foretold): boolean => then.verdict.kind === 'leaves';

/** Where the default gateway drops all, what leaves a node is never answered. */
const expectedOf = (one: Foretold, probe: Pick<Probe, 'legs'>, echoes: ReadonlyMap<string, string>): Probe['expected'] =>
	isLost(one) && cluster.target.provider === 'embedded' ? {outcome: 'timeout'} : onTheWire(probe.legs[0], echoes);

/** Packets whose way into the cluster from outside can be laid at the same time: each address by one node. */
const rounds = (probes: readonly Probe[]): readonly {readonly via: ReadonlyMap<string, string>; readonly probes: readonly Probe[]}[] => {
	const made: {via: Map<string, string>; probes: Probe[]}[] = [{via: new Map(), probes: []}];
	for (const probe of probes) {
		const {from: kind, destination} = probe.packet;
		const byItself = kind !== 'outside' || cluster.nodes.some(({ips}) => ips.includes(destination));
		const fits = made.find(({via}) => byItself || (via.get(destination) ?? probe.entry.name) === probe.entry.name);
		const round = fits ?? {via: new Map<string, string>(), probes: []};
		if (!fits) made.push(round);
		if (!byItself) round.via.set(destination, probe.entry.name);
		round.probes.push(probe);
	}
	return made;
};

const sent = async (testbed: Testbed, probes: readonly Probe[], places: Places): Promise<ReadonlyMap<Probe, readonly Dial[]>> => {
	const all = new Map<Probe, readonly Dial[]>();
	for (const {via, probes: some} of rounds(probes.filter(({expected}) => expected.outcome !== 'open'))) {
		const routes = [...via].map(([ip, node]) => [ip, testbed.nodes.find(({name}) => name === node)!] as const);
		const back = routes.length === 0 ? undefined : await testbed.routeOutside(new Map(routes));
		for (const [probe, dials] of await sendProbes(some, places, signal)) all.set(probe, dials);
		await back?.();
	}
	return all;
};

const differenceOf = (one: Foretold, {expected}: Probe, dials: readonly Dial[]): string | undefined =>
	isLost(one) ? (dials.some(({outcome}) => outcome === 'answered') ? seenText(dials) : undefined) : wireDifference(expected, dials);

const wordsOf = ({way: {service, port, via, client, node, place}, today, then}: Foretold): string =>
	`${service} (${port}), ${via}, from ${client} by ${node} ${place} an endpoint: ${then.packet.source} → ${then.packet.destination}:` +
	`${then.packet.port}/${then.packet.protocol}: today it ${today.text}; foretold: it ${then.text} (${then.verdict.because})`;

/** To whom a refusal cannot be sent: the kernel redirects a client outside instead. */
const NEVER_SENT = ['ClusterIP at a port that it does not have, outside'];

const proves = async (t: ExecutionContext, testbed: Testbed): Promise<void> => {
	const {family} = testbed;
	await shapesInForce(testbed);
	const places = await placesOf(testbed);
	const snapshot = await takeSnapshot(await connectReadOnly(cluster.kubeconfig), MIGRATION_FACTS, {signal});
	const {from: mode, nodes: readiness} = migrationOf(snapshot, to, undefined);
	t.is(mode, from);
	t.deepEqual(
		readiness.filter(({verdict}) => verdict !== 'ready'),
		[],
	);
	const predicted = foretold(snapshot, family, places);

	await testbed.change(await migrated(testbed, to));
	const other: Testbed = {...testbed, mode: to};
	await inForce(other);
	const nodes = new Map(await Promise.all(testbed.nodes.map(async node => [node.name, await nodeOf(node, snapshot)] as const)));
	const echoes = echoesOf(await gatherApi(testbed.kube), testbed);
	const probes = new Map(
		predicted.map((one): [Probe, Foretold] => {
			const {packet, verdict} = one.then;
			const entry = nodes.get(one.way.node)!;
			const legs: Probe['legs'] = [{node: entry, packet, model: verdict, trace: verdict}];
			return [{packet, about: one.way.service, entry, legs, expected: expectedOf(one, {legs}, echoes)}, one];
		}),
	);
	const dials = await sent(other, [...probes.keys()], places);
	const seen = [...dials].map(([probe, own]) => ({one: probes.get(probe)!, wrong: differenceOf(probes.get(probe)!, probe, own)}));
	t.log(`${predicted.length} packets were foretold, ${seen.length} were sent`);
	for (const [what, own] of Map.groupBy(seen, ({one: {way}}) => `${way.via}, ${way.client}`)) t.log(`${what}: ${own.length}`);
	for (const [why, own] of Map.groupBy([...probes.keys()], ({expected}) => (expected.outcome === 'open' ? expected.why : '')))
		if (why !== '') t.log(`not sent: ${why}: ${own.length}`);
	t.deepEqual(
		seen.flatMap(({one, wrong}) => (wrong === undefined ? [] : [`${wordsOf(one)}; the wire: ${wrong}`])),
		[],
	);
	const kindsOf = (some: readonly Foretold[]): ReadonlySet<string> => new Set(some.map(({way: {via, client}}) => `${via}, ${client}`));
	const compared = kindsOf(seen.map(({one}) => one));
	t.deepEqual(
		[...kindsOf(predicted)].filter(kind => !compared.has(kind) && !NEVER_SENT.includes(kind)),
		[],
	);
	const changed = seen.filter(({one}) => one.today.text !== one.then.text);
	t.log(`${changed.length} of them see something else than before`);
	t.true(seen.length >= 300 && changed.length >= 20);
};

for (const family of familiesOf(cluster.target.family))
	test.serial(`what migrate says of ${from} is what the wire shows in ${to}: ${family}`, async t => {
		t.timeout(1_500_000);
		const opened = await testbeds.open({
			id: `migrate/prediction${family === 'ipv6' ? '@ipv6' : ''}`,
			signal,
			recorder: recorder(t),
		});
		try {
			await proves(t, opened.testbed);
		} finally {
			await opened.takeBack?.();
			await opened.close();
		}
	});
