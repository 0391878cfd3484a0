import type {Command} from '../../change/command.ts';
import type {IptablesRule} from '../../facts/parse/iptables-rule.ts';
import type {IpFamily} from '../../target.ts';

/** Does nothing where the chain is gone (with what it was for) or has the rule already. */
const RESTORE =
	'rules=$("$4" -w -t "$1" -S "$2" 2>/dev/null) || exit 0; printf "%s\\n" "$rules" | grep -qxF -e "$3" && exit 0; exec ' +
	'"$4-restore" -w --noflush';

const restoreInput = (table: string, lines: readonly string[]): string => `*${table}\n${lines.join('\n')}\nCOMMIT\n`;
const edit = (verb: string, {text, chain}: IptablesRule): string => `${verb}${text.slice(`-A ${chain}`.length)}`;

const restore = (node: string, program: string, rule: IptablesRule): Command => ({
	kind: 'run',
	node,
	argv: ['sh', '-c', RESTORE, 'restore', rule.table, rule.chain, rule.text, program],
	stdin: restoreInput(rule.table, [edit(`-I ${rule.chain} ${rule.position}`, rule)]),
});

/**
 * What deletes rules on a node, all at once, and what puts each back in its place. They are deleted by their number, as iptables-nft does
 * not find a rule with `-m recent --rcheck` by its text (1.8.9): nobody may change these chains in between.
 */
export const removal = (
	node: string,
	family: IpFamily,
	rules: readonly IptablesRule[],
): {readonly inject: readonly Command[]; readonly undo: readonly Command[]} => {
	const tables = [...new Set(rules.map(({table}) => table))];
	const program = family === 'ipv6' ? 'ip6tables' : 'iptables';
	// Back in from the top, out from the bottom: only so does each number hold.
	const byPlace = rules.toSorted((a, b) => a.position - b.position);
	return {
		inject: tables.map(table => ({
			kind: 'run',
			node,
			argv: [`${program}-restore`, '-w', '--noflush'],
			stdin: restoreInput(
				table,
				byPlace
					.filter(rule => rule.table === table)
					.toReversed()
					.map(({chain, position}) => `-D ${chain} ${position}`),
			),
		})),
		undo: byPlace.map(rule => restore(node, program, rule)),
	};
};
