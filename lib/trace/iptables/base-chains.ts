import type {IpsetDump} from '../../facts/parse/ipset-save.ts';
import type {IptablesDump, IptablesTable} from '../../facts/parse/iptables-save.ts';
import type {NftRuleset} from '../../facts/parse/nft-types.ts';
import {baseChain, HOOKS, unreadChain, type BaseChain} from '../base-chain.ts';
import type {Rule} from '../walk.ts';
import {withCounterpart} from './counterpart.ts';
import {ruleOf} from './rule.ts';

/** include/uapi/linux/netfilter_ipv4.h; those of nat order its chains among themselves. */
const PRIORITIES: Readonly<Record<string, number>> = {raw: -300, mangle: -150, nat: -100, filter: 0, security: 50};

/** `rule 3 of nat KUBE-SERVICES: …`: a rule that stands there, but was not understood. */
const UNREAD_RULE = /^rule (?<position>\d+) of (?<table>\S+) (?<chain>\S+): (?<why>.*)$/s;

const unread = (text: string, why: string, where: string): Rule => ({
	quote: {where, text: () => text},
	apply: path => [{path, step: {then: 'unknown', why: `a rule that is not understood: ${why}`}}],
});

type Around = {
	readonly dump: IptablesDump;
	readonly sets: IpsetDump | undefined;
	readonly checked: ReturnType<typeof withCounterpart>;
	/** Which of two tools shows the rules: before the table's name. */
	readonly label: string;
};

/** The rules of a chain in their places, those that were not understood as well. */
const rulesOf = (
	table: IptablesTable,
	name: string,
	{dump: {remainder: odd}, sets, checked, label}: Around,
): readonly Rule[] | undefined => {
	const chain = table.chains.get(name);
	if (!chain) return undefined;
	const missing = odd.flatMap(each => {
		const at = UNREAD_RULE.exec(each.why)?.groups;
		return at?.['table'] === table.name && at['chain'] === name
			? [{position: Number(at['position']), rule: unread(each.text, at['why'] ?? each.why, `${label}${table.name} ${name}`)}]
			: [];
	});
	const read = chain.rules.map(rule => ({position: rule.position, rule: ruleOf(rule, each => table.chains.has(each), sets, label)}));
	const inOrder = [...missing, ...read].toSorted((a, b) => a.position - b.position).map(({rule}) => rule);
	return checked(table.name, name, inOrder);
};

const chainsOf = (table: IptablesTable, around: Around): readonly BaseChain[] => {
	const prepared = new Map<string, readonly Rule[] | undefined>();
	const chainOf = (name: string) => {
		if (!prepared.has(name)) prepared.set(name, rulesOf(table, name, around));
		return prepared.get(name);
	};

	const priority = PRIORITIES[table.name];
	return HOOKS.flatMap(hook => {
		const name = hook.toUpperCase();
		const chain = table.chains.get(name);
		if (!chain || priority === undefined) return [];
		return [
			baseChain({
				hook,
				name,
				where: `${around.label}${table.name} ${name}`,
				isNat: table.name === 'nat',
				priority,
				chainOf,
				policy: chain.policy === 'DROP' ? 'drop' : 'accept',
			}),
		];
	});
};

/**
 * The base chains of all tables of a dump. A table that was cut off, one that the tool could not show and lines that are none of
 * iptables-save make every packet's fate unknown; a rule that was not understood makes it so for the packets that come to it.
 */
export const iptablesChains = (
	dump: IptablesDump,
	sets: IpsetDump | undefined,
	{nft, label = ''}: {readonly nft?: NftRuleset | undefined; readonly label?: string} = {},
): readonly BaseChain[] => {
	const around = {dump, sets, checked: withCounterpart(dump, nft), label};
	const odd = dump.remainder.find(({why}) => !UNREAD_RULE.test(why));
	const whole = odd
		? `${odd.why}: ${odd.text}`
		: dump.incompatibleTables.length > 0
			? `iptables cannot show all of ${dump.incompatibleTables.join(', ')}`
			: dump.legacyTablesPresent
				? 'the kernel holds rules of iptables-legacy too, which iptables-save does not show and which are not known: run ' +
					'iptables-legacy-save'
				: undefined;
	const tables = [...dump.tables.values()].flatMap(table => chainsOf(table, around));
	return whole === undefined ? tables : [...HOOKS.map(hook => unreadChain(hook, whole)), ...tables];
};
