import check from '../../lib/check/check.ts';
import {changeService} from '../../lib/testbed/change-service.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import type {FlowsWish} from '../../lib/testbed/flows-of.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {balancerGives} from '../../lib/testbed/load-balancer.ts';

const PORTS = [{name: 'http', port: 80, targetPort: 8080}];

/** Every change of type once, then an external IP on and off. */
const CHANGES = [
	'NodePort',
	'LoadBalancer',
	'NodePort',
	'ClusterIP',
	'LoadBalancer',
	'ClusterIP',
	'an external IP',
	'no external IP',
] as const;

export default check(
	{
		title: 'Whatever type a Service changes to, its new ways in serve within seconds and those that it had before do no more',
		why:
			'Helm upgrades change types in place. kube-proxy works from differences between two states, and what it ' +
			'forgets to remove keeps an old address or node port alive until it is restarted.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types'],
		needs: ['node-access', 'outside-host'],
		budgetMs: 300_000,
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {clusterIp} = await echoService(testbed, {replicas: 2, ports: PORTS});
		const [balancerIp = ''] = await testbed.lease('balancer-ip', 1);
		const [externalIp = ''] = await testbed.lease('external-ip', 1);
		const via = lastWorker(testbed);
		await testbed.settled();

		let nodePort: number | undefined;
		for (const to of CHANGES) {
			testbed.step(`the Service gets ${to}`);
			const isType = to === 'ClusterIP' || to === 'NodePort' || to === 'LoadBalancer';
			const change = isType ? {type: to, ports: PORTS} : {externalIPs: to === 'an external IP' ? [externalIp] : []};
			const {ports} = await changeService(testbed, 'echo', change);
			if (to === 'LoadBalancer') await balancerGives(testbed, 'echo', [{ip: balancerIp}]);
			nodePort = ports?.[0]?.nodePort ?? nodePort;
			const goals = [
				{name: 'ClusterIP', ip: clusterIp, port: 80, via},
				...(nodePort === undefined ? [] : [{name: 'NodePort', ip: via.ip, port: nodePort}]),
				{name: 'load balancer', ip: balancerIp, port: 80, via},
				{name: 'external IP', ip: externalIp, port: 80, via},
			];
			// Made anew each time: of what a node does not serve it tells the sender a better way, which the route then keeps.
			const back = await testbed.routeOutside(new Map([balancerIp, externalIp].map(ip => [ip, via])));
			const outside = goals.filter(({name}) => name !== 'ClusterIP');
			const follow = async (what: string, wish: Pick<FlowsWish, 'from' | 'on' | 'to'>) =>
				flowsFollow(testbed, what, {...wish, counts: 20, nobodyListens: true}, 'echo');
			await Promise.all([
				follow(`With ${to}`, {from: ['pod'], on: [via], to: goals}),
				follow(`With ${to}, from outside`, {from: ['outside'], to: outside}),
			]);
			await back();
		}
	},
);
