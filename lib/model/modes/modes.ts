import type {Mode} from '../../target.ts';
import {iptables} from './iptables.ts';
import {ipvs} from './ipvs.ts';
import type {ProxyMode} from './mode.ts';
import {nftables} from './nftables.ts';

export const PROXY_MODES: Readonly<Record<Mode, ProxyMode>> = {iptables, nftables, ipvs};
