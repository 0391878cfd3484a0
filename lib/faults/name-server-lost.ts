import {endpointRule} from './endpoint-rule.ts';
import {ofNameServer} from './tools/name-server.ts';
import {ruleFault} from './tools/rule-fault.ts';

export default ruleFault('one endpoint of the DNS Service is chosen but not translated to on one node', {
	iptables: ofNameServer(endpointRule.iptables),
	nftables: ofNameServer(endpointRule.nftables),
	ipvs: ofNameServer(endpointRule.ipvs),
});
