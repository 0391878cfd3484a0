import {isIPv6} from 'node:net';
import type {IpFamily} from './target.ts';

/** The family of an address. */
export const ipFamilyOf = (ip: string): IpFamily => (isIPv6(ip) ? 'ipv6' : 'ipv4');

/** Address and port as one text: `10.0.0.1:80`, `[fd00::1]:80`. */
export const withPort = (ip: string, port: number | string): string => (isIPv6(ip) ? `[${ip}]:${port}` : `${ip}:${port}`);

/** The first of some addresses that is of the family. */
export const ofFamily = (ips: readonly (string | undefined)[], family: IpFamily): string | undefined =>
	ips.find(ip => ip !== undefined && ip !== '' && ipFamilyOf(ip) === family);
