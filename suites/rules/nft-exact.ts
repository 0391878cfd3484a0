import check from '../../lib/check/check.ts';
import {rulesAreExact} from '../../lib/check/rules/exact.ts';

export default check({
	title: 'On every node kube-proxy\'s table of nftables holds exactly what the API asks for, for Services of every shape: nothing missing, nothing foreign',
	refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go'],
	modes: ['nftables'],
	needs: ['node-access'],
	exactRules: true,
	budgetMs: 120_000,
	// Services of other checks come and go: what the rules should be would change while they are read.
	exclusive: ['cluster'],
	faults: ['M2', 'M3', 'M4', 'M24', 'M26'],
}, rulesAreExact);
