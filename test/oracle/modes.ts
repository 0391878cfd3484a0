import {parseIpsetSave} from '../../lib/facts/parse/ipset-save.ts';
import {parseIptablesSave} from '../../lib/facts/parse/iptables-save.ts';
import {parseIpvsadmSave} from '../../lib/facts/parse/ipvsadm-save.ts';
import {parseNft} from '../../lib/facts/parse/nft.ts';
import type {Remainder} from '../../lib/facts/parse/remainder.ts';
import type {Graph} from '../../lib/model/rules/graph.ts';
import {actualIptables} from '../../lib/model/rules/iptables/actual.ts';
import {expectedIptables} from '../../lib/model/rules/iptables/expected.ts';
import {actualIpvs} from '../../lib/model/rules/ipvs/actual.ts';
import {expectedIpvs} from '../../lib/model/rules/ipvs/expected.ts';
import type {NodeFacts} from '../../lib/model/rules/node-addresses.ts';
import {actualNftables} from '../../lib/model/rules/nftables/actual.ts';
import {expectedNftables} from '../../lib/model/rules/nftables/expected.ts';
import type {ClusterState} from '../../lib/model/state.ts';
import type {IpFamily, Mode} from '../../lib/target.ts';
import type {Rules} from '../../lib/trace/trace.ts';

/** Names of a node's tools, and what they print: iptables, ip6tables, nft; for ipvs also ipset, ipvs, and the addresses of kube-ipvs0. */
export type Files = Readonly<Record<string, string>>;

export type Dumped = {
	readonly actual: Readonly<Record<IpFamily, Graph>>;
	/** What no parser understands. */
	readonly remainder: readonly Remainder[];
	/** Left out: no trace walks these. */
	readonly rules?: Rules;
};

/** How the rules of a mode are told by the model, and read from a node's files. */
export type OracleMode = {
	readonly expected: (state: ClusterState, node: string, family: IpFamily, facts: NodeFacts) => Graph;
	readonly read: (files: Files) => Dumped;
};

const text = (files: Files, name: string): string => {
	const found = files[name];
	if (found === undefined) throw new RangeError(`no file ${name}: there are ${Object.keys(files).join(', ')}`);
	return found;
};

/** kube-proxy's addresses of kube-ipvs0, one in a line. */
const boundIn = (files: Files, name: string, prefixLength: number) =>
	text(files, name)
		.split('\n')
		.filter(Boolean)
		.map(address => ({address, prefixLength}));

const bothIptables = (files: Files) => ({
	iptables: parseIptablesSave(text(files, 'iptables'), 'ipv4'),
	ip6tables: parseIptablesSave(text(files, 'ip6tables'), 'ipv6'),
});

/** Modes that can be judged. */
export const ORACLE_MODES: Readonly<Partial<Record<Mode, OracleMode>>> = {
	iptables: {
		expected: expectedIptables,
		read(files) {
			const {iptables, ip6tables} = bothIptables(files);
			return {
				actual: {ipv4: actualIptables(iptables), ipv6: actualIptables(ip6tables)},
				remainder: [...iptables.remainder, ...ip6tables.remainder],
				rules: {iptables, ip6tables},
			};
		},
	},
	nftables: {
		expected: expectedNftables,
		read(files) {
			const nft = parseNft(text(files, 'nft'));
			return {actual: {ipv4: actualNftables(nft, 'ipv4'), ipv6: actualNftables(nft, 'ipv6')}, remainder: nft.remainder, rules: {nft}};
		},
	},
	ipvs: {
		expected: expectedIpvs,
		read(files) {
			const {iptables, ip6tables} = bothIptables(files);
			const [ipset, ipvs] = [parseIpsetSave(text(files, 'ipset')), parseIpvsadmSave(text(files, 'ipvs'))];
			return {
				actual: {
					ipv4: actualIpvs({iptables, ipset, ipvs, bound: boundIn(files, 'iptables-addresses', 32)}, 'ipv4'),
					ipv6: actualIpvs({iptables: ip6tables, ipset, ipvs, bound: boundIn(files, 'ip6tables-addresses', 128)}, 'ipv6'),
				},
				remainder: [iptables, ip6tables, ipset, ipvs].flatMap(dump => dump.remainder),
			};
		},
	},
};
