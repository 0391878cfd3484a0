import test from 'ava';
import {parseIpsetSave} from '../../facts/parse/ipset-save.ts';
import {parseIptablesSave} from '../../facts/parse/iptables-save.ts';
import {parseIpvsadmSave} from '../../facts/parse/ipvsadm-save.ts';
import {parseNft} from '../../facts/parse/nft.ts';
import type {Mode} from '../../target.ts';
import {leftovers} from './leftovers.ts';

type Texts = {
	readonly chains?: readonly string[];
	readonly tables?: readonly string[];
	readonly sets?: string;
	readonly servers?: string;
	readonly links?: readonly string[];
};

const found = (mode: Mode, {chains = [], tables = [], sets = '', servers = '', links = []}: Texts): readonly string[] =>
	leftovers(mode, {
		iptables: [parseIptablesSave(`*nat\n${chains.map(name => `:${name} - [0:0]\n`).join('')}COMMIT\n`, 'ipv4')],
		nft: parseNft(JSON.stringify({nftables: tables.map(family => ({table: {family, name: 'kube-proxy', handle: 1}}))})),
		ipset: parseIpsetSave(sets),
		ipvs: parseIpvsadmSave(servers),
		links,
	});

const KUBELET = ['KUBE-KUBELET-CANARY', 'KUBE-IPTABLES-HINT', 'KUBE-FIREWALL', 'CNI-HOSTPORT-DNAT', 'PREROUTING'];
const IPTABLES = ['KUBE-SERVICES', 'KUBE-SVC-AAAA', 'KUBE-SEP-BBBB', 'KUBE-NODEPORTS', 'KUBE-MARK-MASQ'];

for (const [title, mode, texts, expected] of [
	['iptables in iptables mode', 'iptables', {chains: [...KUBELET, ...IPTABLES]}, []],
	[
		'iptables in nftables mode',
		'nftables',
		{chains: [...KUBELET, 'KUBE-SERVICES', 'KUBE-SEP-BBBB']},
		['iptables nat KUBE-SERVICES (mode iptables or ipvs)', 'iptables nat KUBE-SEP-BBBB (mode iptables)'],
	],
	[
		'iptables in ipvs mode: some chains are shared',
		'ipvs',
		{chains: IPTABLES},
		[
			'iptables nat KUBE-SVC-AAAA (mode iptables)',
			'iptables nat KUBE-SEP-BBBB (mode iptables)',
			'iptables nat KUBE-NODEPORTS (mode iptables)',
		],
	],
	[
		'ipvs in iptables mode',
		'iptables',
		{
			chains: ['KUBE-NODE-PORT'],
			sets: 'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\n',
			servers: '-A -t 10.96.0.1:443 -s rr\n',
			links: ['lo', 'kube-ipvs0'],
		},
		[
			'iptables nat KUBE-NODE-PORT (mode ipvs)',
			'ipset KUBE-CLUSTER-IP (mode ipvs)',
			'virtual server 10.96.0.1 (mode ipvs)',
			'interface kube-ipvs0 (mode ipvs)',
		],
	],
	[
		'the canary in ipvs mode, whose kube-proxy has none',
		'ipvs',
		{chains: ['KUBE-PROXY-CANARY', 'KUBE-FORWARD']},
		['iptables nat KUBE-PROXY-CANARY (mode iptables)'],
	],
	[
		'sets of others whose names begin alike',
		'iptables',
		{
			sets: ['KUBE-SRC-ABCDEFGHIJKLMNOP', 'KUBE-6-LOAD-BALANCER-SOURCE-CID']
				.map(name => `create ${name} hash:ip family inet hashsize 1024 maxelem 65536\n`)
				.join(''),
		},
		['ipset KUBE-6-LOAD-BALANCER-SOURCE-CID (mode ipvs)'],
	],
	[
		'ipvs in ipvs mode',
		'ipvs',
		{
			chains: ['KUBE-NODE-PORT'],
			sets: 'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\n',
			links: ['kube-ipvs0'],
		},
		[],
	],
	[
		'nftables in iptables mode, both families',
		'iptables',
		{tables: ['ip', 'ip6']},
		['nft table ip kube-proxy (mode nftables)', 'nft table ip6 kube-proxy (mode nftables)'],
	],
	['nftables in nftables mode', 'nftables', {tables: ['ip', 'ip6']}, []],
	[
		'userspace, which no kube-proxy has had since 1.26',
		'iptables',
		{chains: ['KUBE-PORTALS-CONTAINER', 'KUBE-NODEPORT-HOST']},
		['iptables nat KUBE-PORTALS-CONTAINER (mode userspace)', 'iptables nat KUBE-NODEPORT-HOST (mode userspace)'],
	],
] as const) {
	test(title, t => {
		t.deepEqual(found(mode, texts), [...expected]);
	});
}
