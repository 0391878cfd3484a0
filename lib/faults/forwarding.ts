import {settingFault} from './tools/setting-fault.ts';

const KEYS = {ipv4: 'net.ipv4.ip_forward', ipv6: 'net.ipv6.conf.all.forwarding'} as const;

export default settingFault('the kernel of one node forwards nothing', family => KEYS[family], '0');
