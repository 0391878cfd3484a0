import {needed} from '../../../lib/facts/fact.ts';
import {clusterStateOf} from '../../../lib/gather/cluster-state.ts';
import {gatherApi, type ApiFacts} from '../../../lib/gather/gather-api.ts';
import {look} from '../../../lib/gather/look.ts';
import {readNode, type NodeFacts} from '../../../lib/facts/read-node.ts';
import {hostPort} from '../../../lib/model/address.ts';
import {podIp} from '../../../lib/model/pods.ts';
import {verdictsOf} from '../../../lib/model/verdict-of.ts';
import {difference} from '../../../lib/trace/agree.ts';
import {TRACE_LOOKS, tracedNode} from '../../../lib/trace/traced-node.ts';
import type {Echoes} from '../../../lib/trace/wire.ts';
import {SetupError} from '../../../lib/wait/eventually.ts';
import {quietLook, shapesInForce} from '../shapes/in-force.ts';
import {versionsOf, type NodeSeen, type NodesSeen} from '../exact/node-rules.ts';
import type {Testbed} from '../../../lib/testbed/testbed.ts';
import {probesOf, type Probe} from './probes.ts';
import {judgeSeen, seenOf, type Seen} from './report.ts';
import {sendProbes} from './send.ts';
import {openPlaces} from './senders.ts';

/** Fewer would leave out kinds of packets. */
const LEAST = 2000;

/** Ports where the namespace's pods answer: those that their containers name, Ready or not. */
export const echoesOf = ({pods}: Pick<ApiFacts, 'pods'>, {namespace, family}: Pick<Testbed, 'namespace' | 'family'>): Echoes =>
	new Map(
		needed('the pods are not known', pods)
			.items.filter(
				({metadata, status}) => metadata?.namespace === namespace && status?.phase === 'Running' && !metadata.deletionTimestamp,
			)
			.flatMap(pod =>
				(pod.spec?.containers ?? [])
					.flatMap(({ports = []}) => ports)
					.map(
						({containerPort, protocol = 'TCP'}) =>
							[`${hostPort(podIp(pod, family) ?? '', containerPort)}/${protocol}`, pod.metadata?.name ?? ''] as const,
					),
			),
	);

const wholeFacts = async ({node, facts}: NodeSeen, signal: AbortSignal): Promise<NodeFacts> => {
	const {routes, routesIpv6, listeners} = readNode(await look(node.shell, TRACE_LOOKS, signal));
	return {...facts, routes, routesIpv6, listeners};
};

/** Without those about which the model would say something else by now: they were sent into a cluster that changed. */
const stillTrue = async (testbed: Testbed, {versions, nodes}: NodesSeen, seen: readonly Seen[]): Promise<readonly Seen[]> => {
	const api = await gatherApi(testbed.kube);
	if (versionsOf(api) === versions) return seen;
	const now = new Map(nodes.map(({node, facts}) => [node.name, verdictsOf(clusterStateOf(api, facts), node.name)] as const));
	const then = new Map(nodes.map(({node, state}) => [node.name, verdictsOf(state, node.name)] as const));
	const isSame = ({legs}: Probe): boolean =>
		legs.every(({node: {name}, packet}) => difference(then.get(name)!(packet), now.get(name)!(packet)) === undefined);
	const left = seen.filter(({probe}) => isSame(probe));
	testbed.number('packets discarded, as the API changed meanwhile', seen.length - left.length, '');
	return left;
};

/**
 * Services of every shape, and thousands of packets to them and beside them: what the model says of each, what the dumped rules do to it,
 * and what its sender sees.
 */
export const traceAgrees = async (testbed: Testbed): Promise<void> => {
	const {signal} = testbed;
	const settings = await shapesInForce(testbed);
	const places = await openPlaces(testbed);
	await testbed.settled();

	testbed.step('rules, addresses, routes and listeners of every node');
	const quiet = await quietLook(testbed, settings);
	const nodes = await Promise.all(quiet.nodes.map(async one => tracedNode(one.node.name, one.state, await wholeFacts(one, signal))));
	testbed.step('what the model and the rules say');
	const probes = probesOf({nodes, echoes: echoesOf(quiet.api, testbed), places, testbed});
	testbed.step(
		`${probes.length} packets, of which the wire can be asked about ` +
			`${probes.filter(({expected}) => expected.outcome !== 'open').length}`,
	);
	const dials = await sendProbes(probes, places, signal);
	const seen = await stillTrue(
		testbed,
		quiet,
		probes.map(probe => seenOf(probe, dials.get(probe))),
	);
	judgeSeen(testbed, seen, quiet.differences, ({entry, packet: {from}}) => places.vantage(entry.name, from));
	const compared = seen.filter(one => one.dials.length > 0).length;
	if (compared < LEAST) throw new SetupError(`only ${compared} packets could be compared three ways, not ${LEAST}`);
};
