import {isServing} from '../../model/pods.ts';
import {notApplicable, rule, type Finding} from '../rule.ts';
import {someOf, fullName} from '../views/objects.ts';

const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';

export default rule({
	title: 'A speaker of MetalLB runs on a node that may announce',
	severity: 'error',
	layer: 'lb',
	why:
		'The speakers announce the addresses of Services. Without a ready one, or where every node of theirs has the label ' +
		'exclude-from-external-load-balancers, nobody does.',
	verify: ['kubectl -n metallb-system get pods -l component=speaker -o wide', `kubectl get nodes -L ${EXCLUDED}`],
	fix:
		'Bring the DaemonSet of the speakers up; take the label off the nodes that shall announce (kubeadm sets it on control-plane ' +
		'nodes).',
	refs: ['https://metallb.io/troubleshooting/'],
	steps: [42],
	needs: ['addressPools', 'pods', 'nodes'],
	evaluate({addressPools, pods, nodes}) {
		if (addressPools.length === 0) return notApplicable('MetalLB has no address pool');
		const excluded = new Set(nodes.filter(({metadata}) => EXCLUDED in (metadata?.labels ?? {})).map(({metadata}) => metadata?.name));
		const speakers = pods.filter(
			({metadata}) =>
				metadata?.labels?.['component'] === 'speaker' || metadata?.labels?.['app.kubernetes.io/component'] === 'speaker',
		);
		const ready = speakers.filter(pod => isServing(pod));
		if (ready.some(({spec}) => !excluded.has(spec?.nodeName))) return [];
		const finding: Finding = {
			about: 'MetalLB',
			summary:
				ready.length === 0
					? 'no speaker of MetalLB is ready: no address of a load balancer is announced'
					: `all speakers are on nodes that are excluded from load balancers: ${someOf([...excluded].map(name => name ?? ''))}`,
			evidence: [
				{from: 'pods of the speakers', text: someOf(speakers.map(pod => `${fullName(pod)} on ${pod.spec?.nodeName}`)) || 'none'},
			],
			fix:
				ready.length === 0
					? 'bring the DaemonSet of the speakers up'
					: `remove the label ${EXCLUDED} from the nodes that shall announce`,
			verify: ['kubectl -n metallb-system get pods -o wide'],
		};
		return [finding];
	},
});
