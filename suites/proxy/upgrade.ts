import {proxyImage} from '../../lib/change/proxy-image.ts';
import check from '../../lib/check/check.ts';
import {needed} from '../../lib/facts/fact.ts';
import {buildVersion} from '../../lib/facts/parse/metrics.ts';
import {minorOf} from '../../lib/target.ts';
import {ofEachNode} from '../../lib/testbed/ask-nodes.ts';
import {dialMeanwhile, noneLost} from '../../lib/testbed/dial-meanwhile.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {heldMeanwhile, holdBy, letGo, type HeldWay} from '../../lib/testbed/held.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import type {Testbed} from '../../lib/testbed/testbed.ts';
import {explainsLosses} from '../../lib/testbed/translations.ts';
import {service} from '../../lib/testbed/workloads.ts';
import {SetupError} from '../../lib/wait/eventually.ts';
import {judgeDifferences} from '../rules/exact/exact.ts';
import {proxySettings} from '../rules/exact/node-rules.ts';
import {quietLook, shapesInForce} from '../rules/shapes/in-force.ts';

/** By each way: twelve of a node to the cluster address, which all draw again what they had of three endpoints once in 500,000 times. */
const COUNT = 6;
/** Between ten new connections and the next ten: the clients' ports must last for a rollout of minutes. */
const PAUSE_MS = 100;

const PORTS = [{name: 'http', port: 80, targetPort: 8080}];

const versionsOf = async (testbed: Testbed) =>
	ofEachNode(testbed, ['metrics'], ({metrics}, {name}) => ({text: buildVersion(needed(name, metrics)) ?? 'no version'}));

/** The older kube-proxy takes the place of the newer one; answers what upgrades again. Throws SetupError where it does not. */
const toOlder = async (testbed: Testbed): Promise<() => Promise<void>> => {
	const {kube, nodes, cluster} = testbed;
	const image = cluster.images.olderProxy;
	if (image === undefined) throw new SetupError('this cluster names no image of an older kube-proxy');
	const upgrade = await testbed.change(await proxyImage(kube, nodes, image));
	const others = (await versionsOf(testbed)).filter(({text}) => !image.endsWith(`:${text}`));
	if (others.length > 0) throw new SetupError(`not of ${image}: ${others.map(({node, text}) => `${node} is ${text}`).join(', ')}`);
	return upgrade;
};

/** From a pod and from the host network of each node to the cluster address and to the node's own port. */
const waysTo = async ({nodes, vantage}: Testbed, ip: string, nodePort: number): Promise<readonly HeldWay[]> =>
	(
		await Promise.all(
			nodes.map(async ({name: node, ip: own}) => {
				const places = await Promise.all([vantage.pod(node), vantage.node(node)]);
				return places.flatMap(from => [
					{node, from, to: {ip, port: 80}},
					{node, from, to: {ip: own, port: nodePort}},
				]);
			}),
		)
	).flat();

export default check(
	{
		title: 'kube-proxy of the older minor gives way to the newer one under load: connections live on, and no rule of it is left',
		refs: [
			'https://kubernetes.io/releases/version-skew-policy/#kube-proxy',
			'https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go',
		],
		needs: ['node-access', 'older-proxy'],
		exactRules: true,
		budgetMs: 300_000,
		exclusive: ['cluster'],
		faults: ['connections-forgotten'],
		rows: {
			connections: {
				title: 'While a newer kube-proxy takes the place of an older one, open connections live on and no new one is lost',
				why:
					'Each upgrade of a cluster does this on every node. Where the newer one begins with empty rules, or forgets what is ' +
					'open, uploads, WebSockets and database sessions break node by node, and are looked for in the applications.',
			},
			rules: {
				title: 'A newer kube-proxy that has taken the place of an older one has exactly its own rules: none of the older is left',
				why:
					'A newer version takes away only what it knows of. A rule that an older one made otherwise goes on matching until ' +
					'the node boots: nobody looks for it there, as new nodes have none, and kube-proxy never mends it.',
				faults: ['older-rule'],
			},
		},
	},
	async testbed => {
		const newer = await versionsOf(testbed);
		testbed.step('the older kube-proxy on all nodes, and its rules for Services of every shape');
		const upgrade = await toOlder(testbed);
		// What the newer one had and the older does not know stays: here it is of no account.
		const minor = minorOf(testbed.cluster.images.olderProxy ?? '');
		await shapesInForce(testbed, {counts: ({kind}) => kind !== 'foreign', onTimeout: 'broken', minor});
		const {clusterIp, nodePorts} = await echoService(testbed, {type: 'NodePort', replicas: 3, ports: PORTS});
		const ways = await waysTo(testbed, clusterIp, nodePorts['http'] ?? 0);
		const held = await holdBy(ways, COUNT);
		const explain = await explainsLosses(testbed, ways);
		await testbed.settled();

		testbed.step('the newer kube-proxy, node by node, and connections go on');
		let open!: Awaited<ReturnType<typeof heldMeanwhile>>;
		const underLoad = async (): Promise<void> => {
			open = await heldMeanwhile(held, upgrade, explain);
		};
		const meanwhile = await dialMeanwhile(testbed, {ip: clusterIp, port: 80}, underLoad, {pauseMs: PAUSE_MS});
		await letGo(held);

		await testbed.row('connections', recorder => {
			for (const {node, dials} of meanwhile) {
				const lost = dials.filter(({outcome}) => outcome !== 'answered').length;
				recorder.number(`new connections lost on ${node}`, lost, `of ${dials.length} (budget 0)`);
			}
			const layer = open.explained ? {layer: 'conntrack' as const} : {};
			const reproduce = `conntrack -L -p tcp --orig-dst ${clusterIp}`;
			const title = 'Open connections during the upgrade';
			judgeNodes(recorder, {title, expected: 'each is answered by the endpoint that it has', ...layer, reproduce}, open.verdicts);
			judgeNodes(
				recorder,
				{
					title: 'New connections during the upgrade',
					expected: 'every one is answered',
					reproduce: `curl http://${clusterIp}/hostname`,
				},
				noneLost(meanwhile),
			);
		});
		await testbed.row('rules', async recorder => {
			recorder.step('a Service that is made afterwards');
			await service(testbed, {name: 'later', selector: {app: 'echo'}, ports: PORTS});
			await programmed(testbed, 'later');
			const versions = (await versionsOf(testbed)).map(({node, text}, index) => ({
				node,
				text,
				wrong: text === newer[index]?.text ? undefined : `${text} instead of ${newer[index]?.text}`,
			}));
			const asked = {expected: 'the newer one on every node', layer: 'kube-proxy' as const};
			judgeNodes(recorder, {title: 'Versions of kube-proxy', ...asked, reproduce: 'curl http://127.0.0.1:10249/metrics'}, versions);
			const {differences} = await quietLook(testbed, await proxySettings(testbed));
			judgeDifferences(testbed, recorder, differences, {
				what: 'after the upgrade the rules are',
				expected: "every part of the newer kube-proxy's rules as its source makes it from the API, and nothing of the older one",
			});
		});
	},
);
