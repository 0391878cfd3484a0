import type {NftRuleset, NftRule} from '../../facts/parse/nft-types.ts';
import type {IptablesDump} from '../../facts/parse/iptables-save.ts';
import {ruleOf as nftRuleOf} from '../nft/base-chains.ts';
import {tableOf} from '../nft/table.ts';
import type {Path} from '../path.ts';
import type {Branch} from '../step.ts';
import type {Rule} from '../walk.ts';

/** What of a rule iptables-nft leaves to extensions of its own, of which nft knows the name alone. */
const isNative = ({statements}: NftRule): boolean =>
	statements.every(statement => statement.kind !== 'unknown' && !(statement.kind === 'xt' && statement.name !== 'comment'));

const keyOf = ({path: {destination, port, mark, rewritten}, step}: Branch, {mark: before}: Path): string =>
	[
		destination.text,
		port,
		step.then === 'next' && mark === before ? '' : mark,
		rewritten !== undefined,
		step.then,
		'chain' in step ? step.chain : '',
	].join(' ');

const told = (branches: readonly Branch[], path: Path): string =>
	branches
		.filter(({path: {probability}}) => probability > 0)
		.map(branch => keyOf(branch, path))
		.toSorted()
		.join(', ');

/**
 * Holds each rule that iptables-save shows against the one that nft shows in its place. iptables of an older version than the one that
 * wrote a rule drops what it does not know from it, without a word (kubernetes#112477): where the two do otherwise to a packet, what
 * becomes of it cannot be told. Rules of which nft shows an extension's name alone cannot be held against.
 */
export const withCounterpart = (
	{backend, family}: IptablesDump,
	nft: NftRuleset | undefined,
): ((table: string, chain: string, rules: readonly Rule[]) => readonly Rule[]) => {
	if (backend !== 'nft' || !nft) return (_table, _chain, rules) => rules;
	return (table, chain, rules) => {
		const whole = nft.tables.get(`${family === 'ipv4' ? 'ip' : 'ip6'} ${table}`);
		const own = whole?.chains.get(chain);
		// Without as many rules it is not known which belongs to which: they are of different moments, or the tool hides some.
		if (!whole || !own || own.rules.length !== rules.length) return rules;
		const names = tableOf(whole);
		return rules.map((rule, at) => {
			const other = own.rules[at];
			if (!other || !isNative(other)) return rule;
			const counterpart = nftRuleOf(other, names);
			return {
				...rule,
				apply(path, before, walk): readonly Branch[] {
					const branches = rule.apply(path, before, walk);
					const others = counterpart.apply(path, before, walk);
					const isUnclear = [...branches, ...others].some(
						({path: {forks}, step}) => step.then === 'unknown' || forks.length > path.forks.length,
					);
					if (isUnclear || told(branches, path) === told(others, path)) return branches;
					const [one, other] = [rule.quote.text(), counterpart.quote.text()];
					const why = `iptables-save and nft show this rule otherwise: ${one} is to nft ${other}`;
					return [{path, step: {then: 'unknown', why}}];
				},
			};
		});
	};
};
