import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {refusedByApi} from '../../lib/testbed/refused.ts';
import {service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A node port that a Service has is refused to another one, whatever its protocol, and goes on serving the first',
		why:
			"Firewalls and load balancers outside know node ports by number: given twice, one would lead to another team's Service. " +
			'The refusal is also why a restored backup or a second copy of a chart does not apply.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#nodeport-custom-port'],
		needs: ['outside-host'],
		faults: ['dispatch'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {nodePorts, expected} = await echoService(testbed, {replicas: 2, type: 'NodePort', ports});
		const nodePort = nodePorts['http'] ?? 0;
		for (const protocol of ['TCP', 'UDP'] as const) {
			testbed.step(`another Service asks for ${nodePort}/${protocol}`);
			const wish = {name: `second-${protocol.toLowerCase()}`, type: 'NodePort', selector: {app: 'echo'}};
			await refusedByApi(`a second Service with node port ${nodePort}/${protocol}`, /provided port is already allocated/, async () =>
				service(testbed, {...wish, ports: [{name: 'other', port: 81, targetPort: 8080, protocol, nodePort}]}),
			);
		}
		const to = testbed.nodes.map(({name, ip}) => ({name, ip, port: nodePort}));
		const flows = await flowsOf(testbed, {from: ['outside'], to, counts: 30}, expected);
		await testbed.settled();

		testbed.step('30 new connections from outside to each node');
		await sendFlows(testbed, `NodePort ${nodePort}`, flows);
	},
);
