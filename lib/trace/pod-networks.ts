import type {IptablesRule} from '../gather/parse/iptables-rule.ts';
import type {NftExpression, NftRule} from '../gather/parse/nft-types.ts';
import {canonicalCidr} from '../model/address.ts';
import type {Rules} from './trace.ts';

/** `10.244.0.0/16` of a rule that is for what comes from there and does not go there. */
const beyond = (from: string | undefined, notTo: string | undefined): readonly string[] => {
	const network = from === undefined ? undefined : canonicalCidr(from);
	return network !== undefined && notTo !== undefined && network === canonicalCidr(notTo) ? [network] : [];
};

const ofIptables = ({target, matches}: IptablesRule): readonly string[] => {
	const valueOf = (option: string, negated: boolean) => matches.find(each => each.option === option && each.negated === negated)?.values[0];
	return target === 'MASQUERADE' ? beyond(valueOf('source', false), valueOf('destination', true)) : [];
};

const prefixOf = (expression: NftExpression | undefined): string | undefined => expression?.kind === 'prefix' ? `${expression.address}/${expression.length}` : undefined;

const ofNft = ({statements}: NftRule): readonly string[] => {
	const valueOf = (field: string, op: string) => {
		const match = statements.find(each => each.kind === 'match' && each.op === op && each.left.kind === 'payload' && each.left.field === field);
		return match?.kind === 'match' ? prefixOf(match.right) : undefined;
	};
	return statements.some(({kind}) => kind === 'masquerade') ? beyond(valueOf('saddr', '=='), valueOf('daddr', '!=')) : [];
};

/**
 * The networks beyond which a node gives what their pods send its own address (`Surroundings.podNetworks`): of all rules that masquerade what comes from a network and does not go there,
 * as CNI plugins and ip-masq-agent make them. Whoever masquerades by another kind of rule is left out: then the trace knows what the model is not told.
 */
export const podNetworksOf = ({iptables, ip6tables, nft}: Pick<Rules, 'iptables' | 'ip6tables' | 'nft'>): readonly string[] => [...new Set([
	...[iptables, ip6tables].flatMap(dump => [...dump?.tables.get('nat')?.chains.values() ?? []]).flatMap(({rules}) => rules.flatMap(rule => ofIptables(rule))),
	...[...nft?.tables.values() ?? []].flatMap(({chains}) => [...chains.values()]).flatMap(({rules}) => rules.flatMap(rule => ofNft(rule))),
])];
