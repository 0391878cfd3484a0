import {isIPv6} from 'node:net';
import type {Shell} from '../../lib/shell/shell.ts';
import {succeed, type SucceedOptions} from '../../lib/shell/succeed.ts';
import type {Family} from '../../lib/target.ts';
import {cniConfig} from '../embedded/cni-config.ts';
import type {ContainerNode} from '../containers/nodes.ts';
import {masquerade} from '../embedded/network.ts';
import {podLinks, type PodLinks} from '../embedded/pod-links.ts';

export type PodNode = Pick<ContainerNode, 'name' | 'ips' | 'podSubnets'>;

/** A script of one node: routes to the pods of the others and masquerading of what leaves the pod network. Run twice it does no more. */
export const networkScript = (self: PodNode, nodes: readonly PodNode[], family: Family): string => {
	const routes = nodes
		.filter(({name}) => name !== self.name)
		.flatMap(({ips, podSubnets}) =>
			podSubnets.map(subnet => `ip route replace ${subnet} via ${ips.find(ip => isIPv6(ip) === subnet.includes(':'))}`),
		);
	const tables = family === 'dual' ? ['ip', 'ip6'] : ['ip'];
	const fresh = tables.map(table => `add table ${table} cni-masquerade\ndelete table ${table} cni-masquerade`).join('\n');
	return ['set -e', ...routes, `nft -f - <<'END'`, fresh, `${masquerade(family).trimEnd()}`, 'END', ''].join('\n');
};

/**
 * Gives nodes that have no pod network one like that of the embedded cluster: a subnet each, host routes between them, Debian's CNI
 * plugins.
 */
export const makePodNetwork = async (
	nodes: readonly PodNode[],
	shellOf: (node: string) => Shell,
	family: Family,
	options: Pick<SucceedOptions, 'signal' | 'log'>,
): Promise<PodLinks> => {
	const links = await podLinks();
	await Promise.all(
		nodes.map(async node => {
			const write = async (file: string, content: string) =>
				succeed(shellOf(node.name), ['sh', '-c', 'mkdir -p "${1%/*}" && cat > "$1"', 'sh', file], {...options, stdin: content});
			await write('/kind/network.sh', networkScript(node, nodes, family));
			await succeed(shellOf(node.name), ['sh', '/kind/network.sh'], options);
			await write('/etc/cni/net.d/10-vipcheck.conflist', cniConfig(node.podSubnets, links));
		}),
	);
	return links;
};
