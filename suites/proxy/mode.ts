import check from '../../lib/check/check.ts';
import {ofEachNode, mustBe} from '../../lib/testbed/ask-nodes.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {proxyLogs} from '../../lib/testbed/proxy-logs.ts';

export default check(
	{
		title: 'The kube-proxy of every node runs in the mode that was asked for, and says so at /proxyMode and in its log',
		why:
			'Nodes in different modes after half a rollout treat node ports, affinity and empty Services differently, so a request ' +
			'works by one and fails by the next. Old versions also fell back to iptables on their own.',
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kube-proxy/app/server_linux.go',
		],
		needs: ['node-access'],
		uses: ['proxy'],
		faults: ['other-mode'],
	},
	async testbed => {
		const {mode} = testbed;
		await testbed.settled();
		const expected = `mode ${mode} on every node`;

		testbed.step('/proxyMode of every node');
		const said = await ofEachNode(testbed, ['proxyMode'], ({proxyMode}) => mustBe(proxyMode, mode));
		judgeNodes(testbed, {title: '/proxyMode', expected, layer: 'kube-proxy', reproduce: 'curl http://127.0.0.1:10249/proxyMode'}, said);

		testbed.step('the log of every kube-proxy');
		const logged = (await proxyLogs(testbed)).map(({node, log}) => {
			const modes = [...log.matchAll(/Using (\w+) Proxier/gi)].map(([, found = '']) => found.toLowerCase());
			const text = modes.join(', ') || 'nothing';
			return {node, text, wrong: modes.length > 0 && modes.every(one => one === mode) ? undefined : `its log says ${text}`};
		});
		judgeNodes(testbed, {title: 'Using … Proxier', expected, layer: 'kube-proxy', reproduce: 'crictl logs kube-proxy'}, logged);
	},
);
