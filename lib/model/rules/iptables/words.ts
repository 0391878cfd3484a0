import {isIPv6} from 'node:net';
import type {LocalTraffic} from '../local-traffic.ts';
import type {ServicePort} from '../../state.ts';

/** iptables' own words, in the order in which iptables-save prints them. */
const whole = (ip: string): string => `${ip}/${isIPv6(ip) ? 128 : 32}`;

export const from = (ip: string): string => `-s ${ip.includes('/') ? ip : whole(ip)}`;
export const to = (ip: string): string => `-d ${ip.includes('/') ? ip : whole(ip)}`;
export const jump = (target: string): string => `-j ${target}`;
export const protocol = (name: ServicePort['protocol'], port?: number): string =>
	`-p ${name.toLowerCase()}${port === undefined ? '' : ` --dport ${port}`}`;
export const nfacct = (counter: string): string => `-m nfacct --nfacct-name ${counter}`;

/** Pieces that match traffic of the node's own pods: source or interface; the other stays empty. */
export const local = (traffic: LocalTraffic, negate = false): {readonly source: string; readonly interface: string} => {
	const not = negate ? '! ' : '';
	return 'cidr' in traffic
		? {source: not + from(traffic.cidr), interface: ''}
		: {source: '', interface: `${not}-i ${traffic.interface.replace(/\*$/, '+')}`};
};

const MASKS = {ipv4: '255.255.255.255', ipv6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'} as const;

/** A list of clients (xt_recent): `action` is `--set` or the look-up. */
export const recent = (action: string, list: string, family: keyof typeof MASKS): string =>
	`-m recent ${action} --name ${list} --mask ${MASKS[family]} --rsource`;
