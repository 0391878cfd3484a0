import check from '../../lib/check/check.ts';
import {backendsOf} from '../../lib/testbed/affinity.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

const NAMES = ['first', 'second'] as const;

export default check(
	{
		title: 'Where two Services claim one external IP both may answer and nobody else, and the other has it all when one goes',
		why:
			'Nothing in the API keeps two Services, even of two tenants, from claiming one address and port. Where the claim of a ' +
			"deleted one lives on in a node's rules, traffic goes on to the wrong tenant or to nobody.",
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch', 'kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const [ip = ''] = await testbed.lease('external-ip', 1);
		const via = lastWorker(testbed);
		await testbed.routeOutside(new Map([[ip, via]]));
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const made = await Promise.all(
			NAMES.map(async name => {
				await echoPods(testbed, {name, replicas: 2});
				return service(testbed, {name, selector: {app: name}, ports, externalIPs: [ip]});
			}),
		);
		await Promise.all(NAMES.map(async name => programmed(testbed, name)));
		const expected = await expectations(testbed);
		const wish = {from: ['outside', 'pod', 'node'] as const, to: [{name: ip, ip, port: 80, via}], counts: 40};
		// Which of the two is left to chance: whoever may answer for either.
		const [pod] = await flowsOf(testbed, {...wish, from: ['pod'], on: [via]}, expected);
		const byAny = made.flatMap(({clusterIp}) => {
			const of = expected.of({node: via, kind: 'pod', from: pod?.from ?? {ips: []}, to: {ip: clusterIp, port: 80}});
			return of.outcome === 'answered' ? of.by : [];
		});
		const flows = (await flowsOf(testbed, wish, expected)).map(flow => ({
			...flow,
			expected: {outcome: 'answered' as const, by: byAny},
		}));
		await testbed.settled();

		testbed.step('40 new connections from outside, a pod and the host network of each node to the address that both claim');
		const sent = await sendFlows(testbed, `External IP ${ip} of two Services`, flows);
		const answersOf = (name: string, from = sent): number =>
			from.filter(flow => backendsOf(flow).some(backend => backend.startsWith(`${name}-`))).length;
		for (const name of NAMES) testbed.number(`ways on which Service ${name} answered`, answersOf(name), `of ${sent.length}`);
		// Nodes differ: the one that the address is routed to counts.
		const byVia = sent.filter(({node}) => node === via.name);
		const [goes, stays] = answersOf('first', byVia) >= answersOf('second', byVia) ? NAMES : (['second', 'first'] as const);

		testbed.step(`Service ${goes} is deleted`);
		await kube.core.deleteNamespacedService({namespace, name: goes});
		await flowsFollow(testbed, `External IP ${ip}, left to Service ${stays}`, wish, stays);
	},
);
