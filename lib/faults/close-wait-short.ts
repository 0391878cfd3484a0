import {settingFault} from './tools/setting-fault.ts';

export default settingFault(
	'the kernel of one node soon forgets connections that are half closed',
	() => 'net.netfilter.nf_conntrack_tcp_timeout_close_wait',
	'10',
);
