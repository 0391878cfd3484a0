import check from '../../lib/check/check.ts';
import {PROXY_MODES} from '../../lib/model/modes/modes.ts';
import {ofEachNode} from '../../lib/testbed/ask-nodes.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';

export default check(
	{
		title:
			"Every node's kernel has the settings that kube-proxy of ipvs mode needs: connections are tracked, and those to " +
			'endpoints that are gone do not linger',
		why:
			'Without vs/conntrack the masquerade does not happen and replies are lost; without the two expire settings clients stay ' +
			'with endpoints that are gone. A sysctl file or a hardening tool that runs after kube-proxy undoes them.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/ipvs/proxier.go'],
		modes: ['ipvs'],
		needs: ['node-access'],
		uses: ['proxy'],
		faults: ['untracked'],
	},
	async testbed => {
		const wanted = Object.entries(PROXY_MODES[testbed.mode].settings({}));
		await testbed.settled();

		testbed.step('the settings of every node');
		const seen = await ofEachNode(testbed, ['sysctls'], ({sysctls}) => {
			if (!sysctls.ok) return {text: '?', wrong: `${sysctls.source}: ${sysctls.why}`};
			const {values} = sysctls.value;
			const bad = wanted
				.filter(([name, value]) => values.get(name) !== value)
				.map(([name, value]) => `${name} = ${values.get(name) ?? 'not there'} instead of ${value}`);
			return {text: `${wanted.length - bad.length} of ${wanted.length}`, wrong: bad.join(', ') || undefined};
		});
		const expected = wanted.map(([name, value]) => `${name} = ${value}`).join(', ');
		judgeNodes(
			testbed,
			{title: 'Settings', expected, layer: 'sysctl', reproduce: `sysctl ${wanted.map(([name]) => name).join(' ')}`},
			seen,
		);
	},
);
