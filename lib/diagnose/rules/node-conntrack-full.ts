import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn, sysctlOf} from '../views/nodes.ts';

const FULL = 0.9;

export default rule({
	title: 'The connection table of a node has room',
	severity: 'error',
	layer: 'conntrack',
	why:
		'When nf_conntrack_count reaches nf_conntrack_max the kernel drops the first packet of new connections: timeouts at random, ' +
		'under load.',
	verify: ['sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max', 'dmesg | grep "nf_conntrack: table full"'],
	fix: "Raise conntrack.maxPerCore in kube-proxy's configuration, or find who opens so many connections.",
	refs: ['https://docs.kernel.org/networking/nf_conntrack-sysctl.html'],
	steps: [55],
	looks: ['sysctls'],
	needs: ['nodeEvidence'],
	evaluate: ({nodeEvidence}) =>
		seenNodes(nodeEvidence).flatMap((node): readonly Finding[] => {
			const [count, max] = ['count', 'max'].map(key => Number(sysctlOf(node, `net.netfilter.nf_conntrack_${key}`) ?? Number.NaN)) as [
				number,
				number,
			];
			if (!(count >= max * FULL)) return [];
			return [
				{
					about: `Node ${node.name}`,
					summary: `the connection table of ${node.name} is ${Math.round((count / max) * 100)} % full`,
					evidence: [{from: seenOn(node, 'sysctl'), text: `nf_conntrack_count = ${count}, nf_conntrack_max = ${max}`}],
					fix: 'raise net.netfilter.nf_conntrack_max (conntrack.maxPerCore of kube-proxy)',
					verify: ['sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max'],
				},
			];
		}),
});
