import check from '../../lib/check/check.ts';
import {handMadeSlice} from '../../lib/testbed/hand-made-slice.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {weightsOf} from '../../lib/testbed/real-servers.ts';
import {stretchesOf, type Glance} from '../../lib/testbed/stretches.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {lookUntil} from '../../lib/wait/look-until.ts';

/** ipvs keeps a connection that was reset for 10 s (CLOSE); kube-proxy looks once a minute whether a real server has any left. */
const GONE_WITHIN_MS = 90_000;

export default check(
	{
		title:
			'An endpoint that goes takes no new connections at once (weight 0), and its real server goes when its last connection ' +
			'has ended',
		why:
			'A real server that goes at once cuts its open connections at every rollout; one that keeps its weight gets new ones after ' +
			'its pod has ended. Users see resets or timeouts with each deployment.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/ipvs/graceful_termination.go'],
		modes: ['ipvs'],
		needs: ['node-access'],
		budgetMs: 180_000,
		uses: ['proxy'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const pods = await echoPods(testbed, {name: 'echo', replicas: 2});
		const [stays, goes] = pods.map(({ip}) => ip);
		const {clusterIp} = await service(testbed, {name: 'shrinking', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const endpoints = async (...ips: readonly (string | undefined)[]) =>
			testbed.kube.apply(handMadeSlice(testbed, {service: 'shrinking', port: 8080, ips: ips.flatMap(ip => ip ?? [])}));
		await endpoints(stays, goes);
		await programmed(testbed, 'shrinking');
		const places = await Promise.all(testbed.nodes.map(async ({name}) => testbed.vantage.pod(name)));
		await Promise.all(places.map(async place => place.dial({ip: clusterIp, port: 80}, {count: 20, close: 'rst'})));
		await testbed.settled();

		testbed.step('one endpoint goes');
		const since = Date.now();
		const history = new Map(testbed.nodes.map(({name}) => [name, [] as (number | undefined)[]]));
		const glances = new Map(testbed.nodes.map(({name}) => [name, [] as Glance[]]));
		await endpoints(stays);
		const look = async (): Promise<boolean> => {
			for (const [name, weights] of await weightsOf(testbed, clusterIp)) {
				const weight = weights.get(goes ?? '');
				history.get(name)?.push(weight);
				glances.get(name)?.push({
					at: Date.now() - since,
					mark: weight === undefined || weight === 0 ? '.' : ' ',
					text: weight === undefined ? 'gone' : `weight ${weight}`,
				});
			}
			return [...history.values()].every(weights => weights.length > 0 && weights.at(-1) === undefined);
		};
		await lookUntil(look, {since, longestMs: GONE_WITHIN_MS, signal: testbed.signal});
		const tookMs = Date.now() - since;
		testbed.chart({
			kind: 'timeline',
			title: 'Weight of the real server, since its endpoint went',
			unit: 'ms',
			rows: [...glances].map(([name, own]) => ({name, stretches: stretchesOf(own, tookMs)})),
			moments: [],
		});
		const seen = [...history].map(([node, weights]) => {
			const text = [...new Set(weights.map(weight => weight ?? 'gone'))].join(', then ');
			const isGraceful = weights.includes(0) && weights.at(-1) === undefined;
			return {node, text: `weight ${text}`, wrong: isGraceful ? undefined : `${goes} has weight ${text}`};
		});
		const expected = `weight 0, then gone within ${GONE_WITHIN_MS / 1000} s`;
		judgeNodes(testbed, {title: 'Real server of the endpoint', expected, reproduce: `ipvsadm -L -n -t ${clusterIp}:80`}, seen);
	},
);
