import check from '../../lib/check/check.ts';
import {apiError} from '../../lib/kube-error.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {service} from '../../lib/testbed/workloads.ts';
import {Violation} from '../../lib/record/problem.ts';

const PORTS = [{name: 'http', port: 80, targetPort: 8080}];

export default check(
	{
		title: 'A chosen ClusterIP is given again when its Service is deleted and made anew, and one outside the range is refused',
		why:
			"Fixed addresses stand in firewalls, in kubelet's clusterDNS and in clients' configuration. If one is not given again " +
			'after a restore or when GitOps makes the Service anew, everything that knows it goes on calling nobody.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#choosing-your-own-ip-address'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const {clusterIp} = await echoService(testbed, {replicas: 2, ports: PORTS});
		await testbed.settled();

		testbed.step(`the Service is made anew with ${clusterIp}`);
		await kube.core.deleteNamespacedService({namespace, name: 'echo'});
		const again = await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports: PORTS, clusterIP: clusterIp});
		if (again.clusterIp !== clusterIp)
			throw new Violation({
				summary: 'another ClusterIP than asked for',
				expected: clusterIp,
				observed: again.clusterIp,
				reproduce: [],
			});
		await flowsFollow(testbed, 'ClusterIP given again', {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}], counts: 60}, 'echo');

		const [foreign = ''] = await testbed.lease('external-ip', 1);
		testbed.step(`${foreign} is asked for, which is of no ServiceCIDR`);
		const refused = await service(testbed, {name: 'foreign', ports: PORTS, clusterIP: foreign}).then(
			() => undefined,
			(error: unknown) => apiError(error) ?? Promise.reject(error),
		);
		if (refused?.code === 422) return;
		throw new Violation({
			summary: 'a ClusterIP outside the range is not refused as invalid',
			expected: '422, provided IP is not in the valid range',
			observed: refused?.line ?? 'the Service was made',
			reproduce: [`kubectl create service clusterip foreign --tcp=80:8080 --clusterip=${foreign}`],
		});
	},
);
