import {valueOf} from '../../facts/parse/metrics.ts';
import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn} from '../views/nodes.ts';

/** kube-proxy syncs at the latest a second or two after a change, on a large cluster some more. */
const LATE_SECONDS = 30;
const LAST = 'kubeproxy_sync_proxy_rules_last_timestamp_seconds';
const QUEUED = 'kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds';

export default rule({
	title: 'kube-proxy brings the rules up to date soon after a change',
	severity: 'error',
	layer: 'kube-proxy',
	why:
		'A change that was queued long after the last finished sync is not in the rules: kube-proxy is stuck, or a sync takes longer ' +
		'than the changes are apart.',
	verify: ['curl -s http://127.0.0.1:10249/metrics | grep -E "last_(queued_)?timestamp"'],
	fix: 'Look into its log; on clusters with very many rules move to nftables.',
	refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#optimizing-iptables-mode-performance'],
	steps: [46, 64],
	looks: ['metrics'],
	needs: ['nodeEvidence'],
	evaluate: ({nodeEvidence}) =>
		seenNodes(nodeEvidence).flatMap((node): readonly Finding[] => {
			const {metrics} = node.facts;
			if (!metrics.ok) return [];
			const [last, queued] = [LAST, QUEUED].map(
				name => valueOf(metrics.value, name) ?? valueOf(metrics.value, name, {ip_family: 'IPv4'}),
			);
			if (last === undefined || queued === undefined || queued - last < LATE_SECONDS) return [];
			return [
				{
					about: `Node ${node.name}`,
					summary:
						`kube-proxy on ${node.name} is ${Math.round(queued - last)} s behind: its last sync is older than the last ` +
						'change',
					evidence: [{from: seenOn(node, ':10249/metrics'), text: `${LAST} ${last}, ${QUEUED} ${queued}`}],
					fix: 'look into its log',
					verify: ['curl -s http://127.0.0.1:10249/metrics | grep last_'],
				},
			];
		}),
});
