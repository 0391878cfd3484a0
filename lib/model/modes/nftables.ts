import {actualNftables} from '../rules/nftables/actual.ts';
import {expectedNftables} from '../rules/nftables/expected.ts';
import {tableOf} from '../rules/nftables/names.ts';
import {targetsOf} from '../rules/nftables/words.ts';
import {netfilterVerdict} from '../verdict-netfilter.ts';
import {addressesOf, servedAtNodePort, servedByParts, servedEntry, servedOuter, type ProxyMode} from './mode.ts';
import {TRAITS} from './traits.ts';

/** In which of them a port stands by its addresses depends on whether it has endpoints. */
const BY_ADDRESS = / map (?:service-ips|no-endpoint-services)$/;

export const nftables: ProxyMode = {
	traits: TRAITS.nftables,
	looks: () => ['nft', 'addresses'],
	shown: family => [`nft list table ${tableOf(family)}`],
	expected: (state, node, family, facts) => expectedNftables(state, node, family, addressesOf(facts)),
	actual: ({nft}, family) => (nft.ok ? {...nft, value: {graph: actualNftables(nft.value, family), remainder: nft.value.remainder}} : nft),
	serving: {
		looks: () => ['nft'],
		graph: ({nft}, family) => (nft.ok ? {...nft, value: actualNftables(nft.value, family)} : nft),
	},
	served(actual, ports) {
		const entries = servedByParts(actual, ports, (port, where, pieces) => {
			const target = pieces.at(-1) ?? '';
			if (/ map (?:service|no-endpoint)-nodeports$/.test(where)) return [servedAtNodePort(port, pieces[0]?.split(' . ')[1] ?? '')];
			if (where.endsWith(' map no-endpoint-services')) return target === ': goto reject-chain' ? [servedEntry(port, 'none')] : [];
			return / chain (?:service|endpoint)-/.test(where) ? targetsOf(target).map(to => servedEntry(port, to)) : [];
		});
		const taken = new Set(
			[...actual.values()].flatMap(({where, parts}) => (BY_ADDRESS.test(where) ? parts.map(({pieces: [key]}) => key) : [])),
		);
		const outer = servedOuter(ports, ({protocol, port}, ip) => taken.has(`${ip} . ${protocol.toLowerCase()} . ${port}`));
		return new Set([...entries, ...outer]);
	},
	makes: where => /^ip6? kube-proxy /.test(where),
	flush: family => `nft delete table ${tableOf(family)}`,
	settings: () => ({}),
	verdict: netfilterVerdict,
	traces: ({nft}) =>
		[...nft.tables.values()]
			.filter(({name}) => name === 'kube-proxy')
			.map(({family}) => `nft table ${family} kube-proxy (mode nftables)`),
};
