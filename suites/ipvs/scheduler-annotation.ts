import check from '../../lib/check/check.ts';
import {ofEachNode} from '../../lib/testbed/ask-nodes.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title:
			'kube-proxy ignores the annotation service.kubernetes.io/ipvs-scheduler: a Service that has it gets the scheduler of ' +
			"kube-proxy's configuration",
		why:
			'Guides name the annotation for stickiness or least connections. Since it is not read, the Service stays with the ' +
			'scheduler of the whole cluster, and nobody notices until the load is uneven.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/ipvs/proxier.go'],
		modes: ['ipvs'],
		needs: ['node-access'],
		uses: ['proxy'],
		faults: ['other-scheduler'],
	},
	async testbed => {
		const {namespace, kube} = testbed;
		await echoPods(testbed, {name: 'echo', replicas: 1});
		const {clusterIp} = await service(testbed, {
			name: 'wishes',
			selector: {app: 'echo'},
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		const annotations = {'service.kubernetes.io/ipvs-scheduler': 'sh'};
		await kube.apply({apiVersion: 'v1', kind: 'Service', metadata: {name: 'wishes', namespace, annotations}});
		await programmed(testbed, 'wishes');
		await testbed.settled();

		testbed.step('the virtual server of every node');
		const seen = await ofEachNode(testbed, ['ipvs'], ({ipvs}) => {
			if (!ipvs.ok) return {text: '?', wrong: `${ipvs.source}: ${ipvs.why}`};
			const scheduler = ipvs.value.services.find(({address}) => address === clusterIp)?.scheduler ?? 'no virtual server';
			return {text: scheduler, wrong: scheduler === 'rr' ? undefined : `${scheduler} instead of rr`};
		});
		judgeNodes(testbed, {title: 'Scheduler', expected: 'rr', layer: 'rules', reproduce: `ipvsadm -L -n -t ${clusterIp}:80`}, seen);
	},
);
