import check from '../../lib/check/check.ts';
import {continueDaemon, stopDaemon} from '../../lib/change/daemon.ts';
import {restartProxy} from '../../lib/change/proxy-config.ts';
import {PROXY_MODES} from '../../lib/model/modes/modes.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {hostPortExpectations} from '../../lib/testbed/host-port-expectations.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import type {TestNode, Testbed} from '../../lib/testbed/testbed.ts';
import {Violation} from '../../lib/record/problem.ts';
import type {Problem} from '../../lib/record/events.ts';
import {createPod, podReady} from '../../lib/testbed/pods.ts';

const COUNT = 20;

/** Where no rule of the CNI plugin portmap translates the host port, that is the first broken layer; else nothing is known of it here. */
const withoutPortmap = async ({family}: Testbed, {name, shell}: TestNode, port: number): Promise<Problem['layer']> => {
	const {exitCode, stdout} = await shell.run([family === 'ipv6' ? 'ip6tables-save' : 'iptables-save', '-t', 'nat']);
	const isThere = stdout.split('\n').some(line => /^-A CNI-DN-\S+ .*-j DNAT/.test(line) && line.includes(`--dport ${port} `));
	return exitCode !== 0 || isThere
		? undefined
		: {name: 'cni', detail: `nat of ${name} has no CNI-DN rule that translates the host port ${port}`};
};

export default check(
	{
		title:
			'On a node whose kube-proxy stands still and whose rules are gone a new pod becomes Ready by its probe, and its ' +
			'host port serves',
		why:
			'When kube-proxy is down it is blamed for failing probes and dead host ports too, and the wrong thing is restarted. ' +
			'kubelet probes from the node itself, and host ports are rules of the CNI plugin portmap.',
		refs: [
			'https://github.com/containernetworking/plugins/tree/main/plugins/meta/portmap',
			'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
		],
		needs: ['node-access', 'proxy-pods', 'outside-host'],
		budgetMs: 120_000,
		exclusive: ['cluster'],
		faults: ['host-port'],
	},
	async testbed => {
		const [port = 0] = await testbed.lease('host-port', 1);
		const node = testbed.workers[0];
		const other = lastWorker(testbed);
		testbed.step(`kube-proxy of ${node.name} stands still, and its rules are taken away`);
		await testbed.change({
			name: `${node.name} is without kube-proxy and its rules`,
			make: [
				stopDaemon(node.name, 'kube-proxy'),
				{kind: 'run', node: node.name, argv: ['sh', '-c', PROXY_MODES[testbed.mode].flush(testbed.family)]},
			],
			undo: [continueDaemon(node.name, 'kube-proxy'), restartProxy(node.name)],
		});

		testbed.step(`a pod with a readiness probe and host port ${port} there`);
		await createPod(testbed, {name: 'late', node: node.name, ports: [{containerPort: 8080, hostPort: port, protocol: 'TCP'}]});
		await podReady(testbed, 'late');
		const to = [{ip: node.ip, port}];
		const expected = await hostPortExpectations(testbed);
		const flows = await flowsOf(testbed, {from: ['outside', 'node', 'pod'], on: [other], to, counts: COUNT}, expected);
		await testbed.settled();

		testbed.step(`${COUNT} connections to the host port from outside, from another node and from a pod there`);
		try {
			await sendFlows(testbed, 'Host port without kube-proxy', flows);
		} catch (error) {
			// kube-proxy's rules are gone on purpose, and no reason: the CNI plugin's are looked at here.
			const layer = error instanceof Violation ? await withoutPortmap(testbed, node, port) : undefined;
			throw layer && error instanceof Violation ? new Violation({...error.problem, layer}) : error;
		}
	},
);
