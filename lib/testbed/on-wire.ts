import type {Command} from '../change/command.ts';
import {ipFamilyOf} from '../ip.ts';
import {runAt} from './run-at.ts';
import type {Outside, Testbed} from './testbed.ts';

/** A host that has an address answers at once; a second is for a busy machine. */
const PING = ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '1'];

const beside = ({access}: Outside, ...argv: readonly string[]): Command => ({kind: 'beside', access, where: 'the host outside', argv});

/**
 * Who on the segment answers for an address (ARP, neighbour solicitation) when the host outside takes it for one of the segment: a
 * MAC address, or nobody.
 */
export const neighbourOf = async (testbed: Testbed & {readonly outside: Outside}, ip: string): Promise<string | undefined> => {
	const place = await testbed.vantage.outside();
	const node = testbed.nodes[0]?.ip ?? '';
	const device = /\bdev (\S+)/.exec((await runAt(place, ['ip', '-o', 'route', 'get', node])).stdout)?.[1] ?? '';
	const route = `${ip}/${ipFamilyOf(ip) === 'ipv6' ? 128 : 32}`;
	const back = await testbed.change({
		name: `route to ${ip} on the segment`,
		make: [beside(testbed.outside, 'ip', 'route', 'replace', route, 'dev', device, 'proto', '118')],
		undo: [
			beside(testbed.outside, 'ip', 'route', 'flush', 'exact', route, 'proto', '118'),
			beside(testbed.outside, 'ip', 'neigh', 'flush', 'to', ip, 'dev', device),
		],
	});
	await runAt(place, [...PING, ip]);
	const {stdout} = await runAt(place, ['ip', 'neigh', 'show', 'to', ip]);
	await back();
	return /\blladdr (\S+)/.exec(stdout)?.[1];
};

/** Whether an address answers ping when it is routed to a node. */
export const answersPingVia = async (
	testbed: Testbed & {readonly outside: Outside},
	ip: string,
	node: {readonly ip: string},
): Promise<boolean> => {
	const back = await testbed.routeOutside(new Map([[ip, node]]));
	const {exitCode} = await runAt(await testbed.vantage.outside(), [...PING, ip]);
	await back();
	return exitCode === 0;
};
