import type {LookName} from '../facts/argv.ts';
import {gatherNode} from '../gather/gather-node.ts';
import type {NodeTexts} from '../facts/node-texts.ts';
import {look} from '../gather/look.ts';
import {readNode} from '../facts/read-node.ts';
import type {Shell} from '../shell/shell.ts';
import type {IpFamily} from '../target.ts';

const COMMON = [
	'processes',
	'nft',
	'ipset',
	'ipvs',
	'sysctls',
	'interfaceSettings',
	'addresses',
	'links',
	'queues',
	'neighbours',
] as const satisfies readonly LookName[];
const OF_FAMILY = {
	ipv4: ['iptables', 'iptablesLegacy', 'routes', 'routingRules', 'conntrack'],
	ipv6: ['ip6tables', 'ip6tablesLegacy', 'routesIpv6', 'routingRulesIpv6', 'conntrackIpv6'],
} as const satisfies Readonly<Record<IpFamily, readonly LookName[]>>;
/** In the order in which they are asked: what does not answer the first needs not be asked the others. */
const PAGES = ['proxyMode', 'configz', 'metrics'] as const satisfies readonly LookName[];

const isStopped = (texts: NodeTexts): boolean => {
	const {processes} = readNode(texts);
	return processes.ok && processes.value.processes.some(({command, state}) => command === 'kube-proxy' && /^[Tt]/.test(state));
};

/**
 * Looks at what the walk judges of a node. A kube-proxy that stands still is asked nothing: each question would take its whole time limit.
 */
export const lookAtNode = async (shell: Shell, family: IpFamily, signal: AbortSignal): Promise<NodeTexts> => {
	const looks: NodeTexts = await look(shell, [...COMMON, ...OF_FAMILY[family]], signal);
	if (isStopped(looks)) return {...looks, livez: {ok: false, why: 'not asked: its process is stopped', source: 'livez'}};
	const first = {...looks, ...(await gatherNode(shell, {names: ['livez'], signal}))};
	return first.livez.ok ? {...first, ...(await gatherNode(shell, {names: PAGES, signal}))} : first;
};
