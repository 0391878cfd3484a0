import {setTimeout} from 'node:timers/promises';
import check from '../../lib/check/check.ts';
import {proxyConfig} from '../../lib/change/proxy-config.ts';
import {KUBE_PROXY_PODS} from '../../lib/kube-proxy.ts';
import {mustBe, ofEachNode} from '../../lib/testbed/ask-nodes.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import type {Mode} from '../../lib/target.ts';
import type {Testbed} from '../../lib/testbed/testbed.ts';
import {eventually} from '../../lib/wait/eventually.ts';

/** kubelet brings a changed ConfigMap into a pod's volume within its syncFrequency of 1 min and the time that its cache is kept. */
const IN_THE_POD_MS = 100_000;
/** A program that watches its file would have heard of it by then; that it has not is told by nothing but real time. */
const NOTICED_MS = 5_000;
/** What a pod of kubeadm's DaemonSet reads, on its node. */
const fileOf = (uid: string | undefined): string => `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~configmap/kube-proxy/config.conf`;

/** Waits until every kube-proxy's pod that reads the ConfigMap has a mode in its file. */
const inThePods = async ({kube, nodes, signal}: Testbed, mode: string): Promise<void> => {
	const {items} = await kube.core.listNamespacedPod(KUBE_PROXY_PODS);
	// kubelet sees to a pod that changes at once.
	const annotations = {'vipcheck.invalid/configuration': mode};
	for (const {metadata: {name = '', namespace = ''} = {}} of items)
		await kube.apply({apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace, annotations}});
	await eventually(
		`every kube-proxy's pod has mode ${mode} in its file`,
		async () => {
			const without: string[] = [];
			for (const {name, shell} of nodes) {
				const pod = items.find(({spec}) => spec?.nodeName === name);
				// One node's may have a configuration of its own (lib/change/proxy-config.ts).
				if (!pod) continue;
				const {stdout} = await shell.run(['cat', fileOf(pod.metadata?.uid)]);
				if (!new RegExp(`^mode: ${mode}$`, 'm').test(stdout)) without.push(name);
			}
			return without.length === 0 ? {done: true, value: undefined} : {done: false, observed: `not on ${without.join(', ')}`};
		},
		{timeoutMs: IN_THE_POD_MS, signal, onTimeout: 'broken'},
	);
};

const OTHER = {iptables: 'nftables', nftables: 'iptables', ipvs: 'iptables'} as const;
const PROXY_MODE = {layer: 'kube-proxy', reproduce: 'curl http://127.0.0.1:10249/proxyMode'} as const;

export default check(
	{
		title: 'What is said of kube-proxy’s configuration (lib/claims), as this cluster has it',
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kube-proxy/app/options.go',
		],
		// kube-proxy that goes from ipvs mode to another leaves the old one's addresses and servers behind.
		modes: ['iptables', 'nftables'],
		needs: ['node-access', 'proxy-pods'],
		budgetMs: 300_000,
		exclusive: ['cluster'],
		faults: ['other-mode'],
		rows: {
			'default-mode': {
				title: 'kube-proxy without a mode in its configuration runs in iptables mode',
				why:
					'Old notes call ipvs the default, and clusters are taken to run in it. Plans for scale, firewalls or an upgrade go ' +
					'wrong where nobody has looked at /proxyMode.',
			},
			configuration: {
				title: 'With another mode in its ConfigMap kube-proxy goes on in its own until it is started anew',
				why:
					'Whoever edits the mode and looks at once sees no change; weeks later one rebooted node runs in another mode than ' +
					'the rest, and symptoms differ from node to node. A change of mode needs a rollout of kube-proxy.',
			},
		},
	},
	async testbed => {
		const {kube, nodes, mode} = testbed;
		const inMode = async (wanted: Mode) => ofEachNode(testbed, ['proxyMode'], ({proxyMode}) => mustBe(proxyMode, wanted));
		await testbed.settled();

		await testbed.row('default-mode', async recorder => {
			recorder.step('no mode in the configuration of every kube-proxy, each started anew');
			const takeBack = await testbed.change(await proxyConfig(kube, nodes, {mode: ''}));
			const seen = await inMode('iptables');
			await takeBack();
			judgeNodes(recorder, {title: 'Without a mode', expected: 'iptables', ...PROXY_MODE}, seen);
		});
		await testbed.row('configuration', async recorder => {
			recorder.step(`mode ${OTHER[mode]} in the ConfigMap, and nobody starts anything anew`);
			const change = await proxyConfig(kube, nodes, {mode: OTHER[mode]});
			await testbed.change({...change, make: change.make.filter(({kind}) => kind === 'api')});
			await inThePods(testbed, OTHER[mode]);
			await setTimeout(NOTICED_MS, undefined, {signal: testbed.signal});
			const seen = await inMode(mode);
			judgeNodes(
				recorder,
				{title: `${NOTICED_MS / 1000} s after its pod has the other mode in its file`, expected: mode, ...PROXY_MODE},
				seen,
			);
		});
	},
);
