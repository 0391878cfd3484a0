import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import type {ExpectedAnswer} from '../dns-record.ts';
import {clusterStateOf} from '../gather/cluster-state.ts';
import {reading, type Fact} from '../facts/fact.ts';
import {gatherApi, type ApiFacts} from '../gather/gather-api.ts';
import type {NodeTexts} from '../facts/node-texts.ts';
import {unseen} from '../gather/look.ts';
import type {Listing} from '../gather/pages.ts';
import {readNode} from '../facts/read-node.ts';
import type {Kube} from '../kube.ts';
import {CHAIN_ANSWER_TIMEOUT_MS, CHAIN_DIAL_TIMEOUT_MS} from '../limits.ts';
import {dnsAnswer} from '../model/dns-answer.ts';
import {isDnsService, questionsAbout} from '../model/dns-names.ts';
import {podIp} from '../model/pods.ts';
import type {ClusterState} from '../model/state.ts';
import {ask} from '../probe/ask.ts';
import type {Vantage} from '../probe/vantage.ts';
import type {Shell} from '../shell/shell.ts';
import type {IpFamily} from '../target.ts';
import {dialPlan, type ToDial} from './dial-plan.ts';
import type {ChainFacts, Dialled, Looked, WalkedNode} from './facts.ts';
import {inTime} from './in-time.ts';
import {lookAtNode} from './look-at-node.ts';

export type ChainNode = {
	readonly name: string;
	/** Of the family. */ readonly ip: string;
	readonly shell: Shell;
};

/** Where a red is looked into, and from where. */
export type Scene = {
	readonly kube: Kube;
	readonly namespace: string;
	readonly family: IpFamily;
	readonly nodes: readonly ChainNode[];
	/** That the red names; left out or empty: all. */
	readonly suspected?: readonly string[];
	readonly seen: ReadonlyMap<string, string>;
	/** The check asked for names. */
	readonly asksDns: boolean;
	/** How many times as long a datagram may be on its way there and back (`patienceWith`); left out: once. */
	readonly patience?: number;
	/** The node's own network, and a pod on it. */
	fromNode(name: string): Promise<Vantage>;
	fromPod(name: string): Promise<Vantage>;
	/** Ends the looking; what is not known then stays so. */
	readonly signal: AbortSignal;
};

const COUNT = 3;

/** Of the namespace, and of the DNS Service where the check asked for names: questions go by its rules. */
const concerned = <T extends V1Service | V1EndpointSlice>(
	fact: Fact<Listing<T>>,
	{namespace, asksDns}: Pick<Scene, 'namespace' | 'asksDns'>,
): Fact<readonly T[]> =>
	reading(fact, ({items}) => items.filter(({metadata}) => metadata?.namespace === namespace || (asksDns && isDnsService(metadata))));

const dialAll = async (scene: Scene, ways: readonly ToDial[]): Promise<readonly Dialled[]> =>
	Promise.all(
		ways.map(async way => ({
			...way,
			dials: await inTime(`from ${way.from}`, scene.signal, async () =>
				(await scene.fromNode(way.from)).dial(
					{ip: way.ip, port: way.port, protocol: way.protocol},
					{
						count: COUNT,
						timeoutMs: CHAIN_DIAL_TIMEOUT_MS * (way.protocol === 'UDP' ? (scene.patience ?? 1) : 1),
						answerMs: CHAIN_ANSWER_TIMEOUT_MS,
					},
				),
			),
		})),
	);

const lookup = async (
	place: Vantage,
	server: {readonly name: string; readonly ip: string},
	expected: ExpectedAnswer,
	signal: AbortSignal,
): Promise<Looked> => ({
	server: server.name,
	question: `${expected.type} ${expected.name}`,
	faults: await inTime(
		`${expected.type} ${expected.name} @${server.ip}`,
		signal,
		async () => (await ask(place, server.ip, expected)).faults,
	),
});

const lookUpAll = async (scene: Scene, api: ApiFacts): Promise<Fact<readonly Looked[]>> =>
	inTime('the DNS servers', scene.signal, async () => {
		const {services, slices, pods} = api;
		if (!services.ok || !slices.ok || !pods.ok) throw new Error('Services, EndpointSlices and pods are not all known');
		// DNS answers from the slices: whether these are right is another hop's to say.
		const state = {services: services.value.items, slices: slices.value.items};
		const questions = state.services
			.filter(({metadata}) => metadata?.namespace === scene.namespace)
			.flatMap(service => questionsAbout(service, scene.family))
			.map(question => dnsAnswer(state, question));
		const servers = pods.value.items
			.filter(
				({metadata}) =>
					metadata?.namespace === 'kube-system' && metadata.labels?.['k8s-app'] === 'kube-dns' && !metadata.deletionTimestamp,
			)
			.flatMap(pod => {
				const ip = podIp(pod, scene.family);
				return ip === undefined ? [] : [{name: `CoreDNS pod ${pod.metadata?.name} (${ip}, on ${pod.spec?.nodeName})`, ip}];
			});
		const place = await scene.fromPod((scene.nodes.at(-1) as ChainNode).name);
		return Promise.all(servers.flatMap(server => questions.map(async question => lookup(place, server, question, scene.signal))));
	});

const stateOf = (api: ApiFacts, facts: ReturnType<typeof readNode>): Fact<ClusterState> => {
	try {
		return {ok: true, value: clusterStateOf(api, facts), source: 'the API and the node'};
	} catch (error) {
		return {ok: false, why: error instanceof Error ? error.message : String(error), source: 'the API and the node'};
	}
};

const missing = <T>({why, source}: {readonly why: string; readonly source: string}): Fact<T> => ({ok: false, why, source});

/**
 * Looks at all that the walk judges, changing nothing, and gives up what is not known when the signal comes. Never throws for what it looks
 * at. `texts`: what the nodes said, verbatim.
 */
export const gatherChain = async (scene: Scene): Promise<{readonly facts: ChainFacts; readonly texts: ReadonlyMap<string, NodeTexts>}> => {
	const {namespace, family, nodes, seen, signal} = scene;
	const suspected = scene.suspected?.length ? scene.suspected : nodes.map(({name}) => name);
	const isSuspected = (name: string): boolean => suspected.includes(name);
	const looking = Promise.all(
		nodes.map(async node => ({node, texts: await inTime(node.name, signal, async () => lookAtNode(node.shell, family, signal))})),
	);
	const api = await inTime('the API', signal, async () => gatherApi(scene.kube.bound(signal)));
	const listed = api.ok
		? {
				services: concerned(api.value.services, scene),
				slices: concerned(api.value.slices, scene),
				pods: reading(api.value.pods, ({items}) => items),
			}
		: {services: missing<readonly V1Service[]>(api), slices: missing<readonly V1EndpointSlice[]>(api), pods: missing<never>(api)};
	const {services, slices, pods} = listed;
	const ways =
		slices.ok && pods.ok
			? dialPlan({
					nodes,
					suspected: nodes.filter(({name}) => isSuspected(name)).map(({name}) => name),
					slices: slices.value,
					pods: pods.value,
					namespace,
					family,
				})
			: [];
	const [looks, dials, lookups] = await Promise.all([
		looking,
		dialAll(scene, ways),
		scene.asksDns ? (api.ok ? lookUpAll(scene, api.value) : missing<readonly Looked[]>(api)) : undefined,
	]);
	const walked = looks.map(({node: {name, ip}, texts}): WalkedNode => {
		const facts = readNode(texts.ok ? texts.value : unseen(texts.why));
		return {name, ip, suspected: isSuspected(name), facts, state: api.ok ? stateOf(api.value, facts) : missing(api)};
	});
	return {
		facts: {namespace, family, atMs: Date.now(), services, slices, pods, nodes: walked, dials, seen, ...(lookups && {lookups})},
		texts: new Map(looks.map(({node, texts}) => [node.name, texts.ok ? texts.value : unseen(texts.why)])),
	};
};
