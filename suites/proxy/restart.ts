import {restartProxy} from '../../lib/change/proxy-config.ts';
import check from '../../lib/check/check.ts';
import {dialMeanwhile, noneLost} from '../../lib/testbed/dial-meanwhile.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'While the kube-proxy of every node restarts no connection is lost, and afterwards it follows again',
		why:
			'kube-proxy restarts with every upgrade and change of its configuration. If its rules go meanwhile, each upgrade is a ' +
			'short outage on each node, which is then looked for in the applications.',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/', 'https://github.com/kubernetes/kubernetes/issues/122740'],
		needs: ['node-access', 'proxy-pods'],
		budgetMs: 120_000,
		exclusive: ['proxy'],
		faults: ['dispatch'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp} = await echoService(testbed, {replicas: 3, ports});
		await testbed.settled();

		testbed.step('all restart, and connections from every node go on');
		const restart = {name: 'kube-proxy is restarted', make: [restartProxy()], undo: []};
		const seen = await dialMeanwhile(testbed, {ip: clusterIp, port: 80}, async () => testbed.change(restart));
		const reproduce = `curl http://${clusterIp}/hostname`;
		judgeNodes(testbed, {title: 'Connections during the restart', expected: 'every one is answered', reproduce}, noneLost(seen));

		testbed.step('a Service that is made afterwards');
		await service(testbed, {name: 'later', selector: {app: 'echo'}, ports});
		await programmed(testbed, 'later');
	},
);
