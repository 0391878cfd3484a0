import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {denied, inForce, policy, sendPoliced} from '../../lib/testbed/policies.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'By a NodePort with policy Local a NetworkPolicy lets in the clients outside that it names, and nobody else',
		why:
			'An allow-list by address sees clients only where nodes do not masquerade them. With externalTrafficPolicy Cluster it ' +
			'sees nodes, and either all users are let in or none.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'network-policy'],
		uses: ['node'],
		faults: ['policies-gone'],
	},
	async testbed => {
		const cidrs = {open: testbed.outside.ips.filter(ip => !ip.includes(':')).map(ip => `${ip}/32`), shut: ['192.0.2.0/24']};
		const made = await Promise.all(
			(['open', 'shut'] as const).map(async name => {
				await echoPods(testbed, {name, replicas: testbed.workers.length});
				const ports = [{name: 'http', port: 80, targetPort: 8080}];
				return service(testbed, {name, type: 'NodePort', externalTrafficPolicy: 'Local', selector: {app: name}, ports});
			}),
		);
		await Promise.all(made.map(async ({name}) => programmed(testbed, name)));
		const expected = await expectations(testbed);
		const [open = [], shut = []] = await Promise.all(
			made.map(async ({name, nodePorts}) => {
				const to = testbed.workers.map(node => ({name: `${name} by ${node.name}`, ip: node.ip, port: nodePorts['http'] ?? 0}));
				return flowsOf(testbed, {from: ['outside'], to, counts: 20}, expected);
			}),
		);
		const flows = [...open, ...denied(shut)];
		for (const name of ['open', 'shut'] as const)
			await policy(testbed, name, {
				podSelector: {matchLabels: {app: name}},
				policyTypes: ['Ingress'],
				ingress: [{_from: cidrs[name].map(cidr => ({ipBlock: {cidr}})), ports: [{port: 8080}]}],
			});
		await inForce(testbed, flows);
		await testbed.settled();

		testbed.step('20 connections from outside to both, by each worker');
		await sendPoliced(testbed, 'NodePorts', flows);
	},
);
