import {skewedChoice} from './skewed-choice.ts';
import {ofNameServer} from './tools/name-server.ts';
import {ruleFault} from './tools/rule-fault.ts';

export default ruleFault('one node never chooses one of the DNS servers', {
	iptables: ofNameServer(skewedChoice.iptables),
	nftables: ofNameServer(skewedChoice.nftables),
	ipvs: ofNameServer(skewedChoice.ipvs),
});
