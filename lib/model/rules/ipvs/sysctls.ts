import type {IpvsConfig} from '../../state.ts';
import type {Container, Part} from '../graph.ts';
import {container, part} from '../part.ts';

const ALWAYS = {
	'net.ipv4.vs.conntrack': '1',
	'net.ipv4.vs.expire_nodest_conn': '1',
	'net.ipv4.vs.expire_quiescent_template': '1',
	'net.ipv4.ip_forward': '1',
} as const;
/** So that nodes do not answer ARP for the addresses of kube-ipvs0. */
const STRICT_ARP = {'net.ipv4.conf.all.arp_ignore': '1', 'net.ipv4.conf.all.arp_announce': '2'} as const;

/** What kube-proxy sets, by name. */
export const settingsOf = ({strictARP}: Pick<IpvsConfig, 'strictARP'>): Readonly<Record<string, string>> => ({
	...ALWAYS,
	...(strictARP && STRICT_ARP),
});

const sysctls = (parts: readonly Part[]): Container => container({where: 'sysctl', kind: 'set', ordered: false, role: 'frame', parts});
const sysctlPart = (name: string, value: string): Part => part([name, `= ${value}`], {role: 'frame'});

/**
 * Settings of the kernel that kube-proxy makes when it starts, and never again, whichever the family (NewProxier of
 * pkg/proxy/ipvs/proxier.go). conn_reuse_mode, which it sets on kernels before 5.9 alone, is left out.
 */
export const expectedSysctls = ({strictARP}: Pick<IpvsConfig, 'strictARP'>): Container =>
	sysctls(Object.entries(settingsOf({strictARP})).map(([name, value]) => sysctlPart(name, value)));

/** Those that kube-proxy makes, as they are; without strictARP the ARP settings are the node's own. */
export const actualSysctls = (values: ReadonlyMap<string, string>, {strictARP}: Pick<IpvsConfig, 'strictARP'>): Container =>
	sysctls(
		Object.keys(settingsOf({strictARP})).flatMap(name => {
			const value = values.get(name);
			return value === undefined ? [] : [sysctlPart(name, value)];
		}),
	);
