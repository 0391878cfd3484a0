import {outsideRoutes} from '../change/outside-routes.ts';
import {succeed} from '../shell/succeed.ts';
import {TransportError} from '../shell/shell.ts';
import {segmentDevice} from './arp-watch.ts';
import type {Outside, TestNode, Testbed} from './testbed.ts';

/** The host outside reaches addresses as hosts of its own link, and asks for them by ARP. */
export const reachedOnLink = async (testbed: Testbed & {readonly outside: Outside}, ips: readonly string[]): Promise<void> => {
	const device = await segmentDevice(testbed);
	await testbed.change(outsideRoutes(testbed.outside, new Map(ips.map(ip => [ip, {device}]))));
};

/** The interface of a node that has its address. Throws TransportError where none has. */
export const deviceOf = async ({name, ip, shell}: TestNode, signal: AbortSignal): Promise<string> => {
	const said = await succeed(shell, ['ip', '-oneline', 'address', 'show', 'to', ip], {signal});
	const device = /^\d+: (\S+)/.exec(said)?.[1];
	if (device === undefined) throw new TransportError(`no interface of ${name} has ${ip}`);
	return device;
};
