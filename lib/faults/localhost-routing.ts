import {TRAITS} from '../model/modes/traits.ts';
import {settingFault} from './tools/setting-fault.ts';

export default settingFault(
	'the kernel of one node routes nothing from loopback addresses',
	() => 'net.ipv4.conf.all.route_localnet',
	'0',
	({mode}) =>
		TRAITS[mode].localhostNodePorts
			? {ok: true, how: 'route_localnet'}
			: {ok: false, why: `in mode ${mode} no node port is on loopback addresses`},
);
