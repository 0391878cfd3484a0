import {needed} from '../facts/fact.ts';
import type {ConntrackEntry} from '../facts/parse/conntrack.ts';
import {readNode} from '../facts/read-node.ts';
import {withPort} from '../ip.ts';
import {look} from '../gather/look.ts';
import {FORGOTTEN_TIMEOUT_MS} from '../limits.ts';
import {canonicalIp} from '../model/address.ts';
import type {Destination} from '../probe/vantage.ts';
import {eventually} from '../wait/eventually.ts';
import type {TestNode, Testbed} from './testbed.ts';

const leadsTo =
	({ip, port}: Destination, backends: readonly string[]) =>
	({protocol, original, reply}: ConntrackEntry): boolean => {
		const backend = canonicalIp(reply.source) ?? reply.source;
		return (
			protocol === 'udp' &&
			canonicalIp(original.destination) === ip &&
			original.destinationPort === port &&
			[backend, withPort(backend, reply.sourcePort ?? 0)].some(one => backends.includes(one))
		);
	};

/** The flows over UDP that the kernel of a node remembers from a way in to some backends. */
export const remembered = async (
	{family, signal}: Pick<Testbed, 'family' | 'signal'>,
	node: Pick<TestNode, 'name' | 'shell'>,
	to: Destination,
	backends: readonly string[],
): Promise<readonly ConntrackEntry[]> => {
	const {conntrack, conntrackIpv6} = readNode(await look(node.shell, ['conntrack', 'conntrackIpv6'], signal));
	const {entries} = needed(`what ${node.name} remembers`, family === 'ipv6' ? conntrackIpv6 : conntrack);
	return entries.filter(leadsTo(to, backends));
};

/**
 * Waits until a node has forgotten the flows from a way in to backends that are gone: packets of theirs would go there for as long as
 * clients send.
 */
export const forgotten = async (
	testbed: Testbed,
	{
		node,
		to,
		backends,
	}: {
		readonly node: TestNode;
		readonly to: Destination;
		/** Addresses, or addresses with a port. */
		readonly backends: readonly string[];
	},
): Promise<void> =>
	eventually(
		`${node.name} has forgotten the flows to ${backends.join(', ')}`,
		async () => {
			const left = await remembered(testbed, node, to, backends);
			if (left.length === 0) return {done: true, value: undefined};
			const shown = left.map(
				({original, reply}) => `${original.source}:${original.sourcePort} → ${original.destination} leads to ${reply.source}`,
			);
			return {done: false, observed: shown.join('\n'), nodes: [node.name]};
		},
		{
			timeoutMs: FORGOTTEN_TIMEOUT_MS,
			exact: true,
			signal: testbed.signal,
			problem: {
				layer: {
					name: 'conntrack',
					detail: `${node.name} sends what comes to ${to.ip} port ${to.port} to ${backends.join(', ')}, which is gone`,
				},
				reproduce: [`conntrack -L -p udp --orig-dst ${to.ip}   # on ${node.name}`],
			},
		},
	);
