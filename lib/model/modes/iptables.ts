import {actualIptables, usesNfacct} from '../rules/iptables/actual.ts';
import {expectedIptables} from '../rules/iptables/expected.ts';
import {CHAINS} from '../rules/iptables/names.ts';
import {protocol as protocolWord, to} from '../rules/iptables/words.ts';
import {netfilterVerdict} from '../verdict-netfilter.ts';
import {isOwnChain, keptDump, printsRandomFully} from './kept-dump.ts';
import {addressesOf, servedAtNodePort, servedByParts, servedEntry, servedOuter, type ProxyMode} from './mode.ts';
import {TRAITS} from './traits.ts';

const DUMP = {ipv4: 'iptables', ipv6: 'ip6tables'} as const;
/** Chains that all Services share, in which a port stands by its addresses, whether it has endpoints or not. */
const BY_ADDRESS = new Set(['nat KUBE-SERVICES', 'filter KUBE-SERVICES', 'filter KUBE-EXTERNAL-SERVICES']);
const DNAT = '-j DNAT --to-destination ';

/** Of a rule that takes a node port, to serve it or to refuse it. */
const nodePortOf = (where: string, pieces: readonly string[]): string | undefined =>
	where === 'nat KUBE-NODEPORTS' || (where === 'filter KUBE-EXTERNAL-SERVICES' && pieces.includes('-m addrtype --dst-type LOCAL'))
		? /--dport (\d+)/.exec(pieces.join(' '))?.[1]
		: undefined;

export const iptables: ProxyMode = {
	traits: TRAITS.iptables,
	looks: family => [DUMP[family], 'addresses'],
	shown: family => [`${DUMP[family]}-save -c`],
	expected(state, node, family, facts) {
		const dump = keptDump(facts, family);
		return expectedIptables(state, node, family, {
			...addressesOf(facts),
			...(dump.ok && {nfacct: usesNfacct(dump.value), randomFully: printsRandomFully(dump.value)}),
		});
	},
	actual(facts, family) {
		const dump = keptDump(facts, family);
		return dump.ok ? {...dump, value: {graph: actualIptables(dump.value), remainder: dump.value.remainder}} : dump;
	},
	serving: {
		looks: family => [DUMP[family]],
		graph(facts, family) {
			const dump = keptDump(facts, family);
			return dump.ok ? {...dump, value: actualIptables(dump.value)} : dump;
		},
	},
	served(actual, ports) {
		const entries = servedByParts(actual, ports, (port, where, pieces) => {
			const target = pieces.at(-1) ?? '';
			const nodePort = nodePortOf(where, pieces);
			if (nodePort !== undefined) return [servedAtNodePort(port, nodePort)];
			if (where.startsWith(`nat ${CHAINS.endpoint}`) && target.startsWith(DNAT))
				return [servedEntry(port, target.slice(DNAT.length))];
			return where === 'filter KUBE-SERVICES' && target.startsWith('-j REJECT') ? [servedEntry(port, 'none')] : [];
		});
		const taken = new Set(
			[...actual.values()].flatMap(({where, parts}) =>
				BY_ADDRESS.has(where) ? parts.map(({pieces: [address, port]}) => `${address} ${port}`) : [],
			),
		);
		const outer = servedOuter(ports, ({protocol, port}, ip) => taken.has(`${to(ip)} ${protocolWord(protocol, port)}`));
		return new Set([...entries, ...outer]);
	},
	makes: isOwnChain,
	// The canaries too: kube-proxy looks for these alone.
	flush(family) {
		const program = `${family === 'ipv6' ? 'ip6tables' : 'iptables'} -w`;
		return (
			`${program} -t nat -F KUBE-SERVICES && for table in mangle nat filter; do ${program} -t $table -X KUBE-PROXY-CANARY || ` +
			'exit 1; done'
		);
	},
	settings: () => ({}),
	verdict: netfilterVerdict,
	traces: () => [],
};
