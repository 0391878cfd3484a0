import {has} from '../../minors.ts';
import type {IpFamily} from '../../../target.ts';
import type {Container, Part, Role} from '../graph.ts';
import type {LocalTraffic} from '../local-traffic.ts';
import type {NodePortAddresses} from '../node-addresses.ts';
import {part} from '../part.ts';
import {chainOf, hook, roleOf} from './containers.ts';
import {anyOf, fromElsewhere, hex, MARK_CHAIN, markFor, masqueradeBy, wordsOf} from './words.ts';

/** What the chains that are the same for all Services depend on. */
export type NftFrameFacts = {
	readonly family: IpFamily;
	readonly minor: number;
	readonly masqueradeAll: boolean;
	readonly masqueradeBit: number;
	readonly localTraffic: LocalTraffic | undefined;
	/** Of the family. */
	readonly serviceCIDRs: readonly string[];
	readonly nodePorts: NodePortAddresses;
};

const NEW = 'ct state new';
const MASQUERADE = 'masquerade fully-random';

/** Chains on hooks: type, hook, priority (dstnat is -100, srcnat 100), and where they send packets. */
const BASE: ReadonlyArray<readonly [name: string, type: string, on: string, priority: number, jumps: ReadonlyArray<readonly string[]>]> = [
	['filter-prerouting-pre-dnat', 'filter', 'prerouting', -110, [[NEW, 'jump firewall-check']]],
	['filter-output-pre-dnat', 'filter', 'output', -110, [[NEW, 'jump firewall-check']]],
	[
		'filter-input',
		'filter',
		'input',
		0,
		[
			[NEW, 'jump nodeport-endpoints-check'],
			[NEW, 'jump service-endpoints-check'],
		],
	],
	[
		'filter-forward',
		'filter',
		'forward',
		0,
		[
			[NEW, 'jump service-endpoints-check'],
			[NEW, 'jump cluster-ips-check'],
		],
	],
	[
		'filter-output',
		'filter',
		'output',
		0,
		[
			[NEW, 'jump service-endpoints-check'],
			[NEW, 'jump cluster-ips-check'],
		],
	],
	['nat-prerouting', 'nat', 'prerouting', -100, [['jump services']]],
	['nat-output', 'nat', 'output', -100, [['jump services']]],
	['nat-postrouting', 'nat', 'postrouting', 100, [['jump masquerading']]],
];

/** The chains that nftables mode programs whatever the Services (setupNFTables of pkg/proxy/nftables/proxier.go). */
export const nftFrame = (facts: NftFrameFacts): readonly Container[] => {
	const {family, minor, masqueradeBit, serviceCIDRs, nodePorts} = facts;
	const words = wordsOf(family);
	const mark = hex(2 ** masqueradeBit);
	const [isMarked, isUnmarked, unmark] = [`meta mark & ${mark} != 0x0`, `meta mark & ${mark} 0x0`, `meta mark set meta mark ^ ${mark}`];
	const rule = (role: Role, ...pieces: readonly string[]): Part => part(pieces, {role});
	const chain = (name: string, ...rules: ReadonlyArray<readonly string[]>): Container =>
		chainOf(
			family,
			name,
			rules.map(pieces => rule(roleOf(name), ...pieces)),
		);
	const takesNodePorts = nodePorts.all
		? [`${words.destination} != ${family === 'ipv4' ? '127.0.0.0/8' : '::1'}`]
		: [`${words.destination} @nodeport-ips`];
	const shared = has('nftSharedMasquerading', minor);
	return [
		...BASE.map(([name, type, on, priority, jumps]) =>
			chainOf(family, name, [hook(type, on, priority), ...jumps.map(pieces => rule('frame', ...pieces))]),
		),
		chain('nodeport-endpoints-check', [...takesNodePorts, words.isNodePortOf('no-endpoint-nodeports')]),
		chain('service-endpoints-check', [`${words.target} vmap @no-endpoint-services`]),
		chain('firewall-check', [`${words.target} vmap @firewall-ips`]),
		chainOf(family, 'services', [
			...(shared ? fromElsewhere(words, facts) : []).map(match =>
				rule('masquerade', `${words.destination} @cluster-ips`, match, masqueradeBy(masqueradeBit, minor)),
			),
			rule('dispatch', `${words.target} vmap @service-ips`),
			rule('dispatch', nodePorts.all ? 'fib daddr type local' : '', ...takesNodePorts, words.isNodePortOf('service-nodeports')),
		]),
		...(has('nftMarkChain', minor) ? [chain(MARK_CHAIN, [markFor(masqueradeBit)])] : []),
		chain(
			'masquerading',
			...(shared
				? [
						[isMarked, unmark, MASQUERADE],
						['ct status dnat', `${words.source} . ${words.target} @hairpin-connections`, MASQUERADE],
					]
				: [[isUnmarked, 'return'], [unmark], [MASQUERADE]]),
		),
		chain(
			'cluster-ips-check',
			[`${words.destination} @cluster-ips`, 'reject'],
			...(serviceCIDRs.length === 0 ? [] : [[`${words.destination} ${anyOf(serviceCIDRs)}`, 'drop']]),
		),
		chain('reject-chain', ['reject']),
	];
};
