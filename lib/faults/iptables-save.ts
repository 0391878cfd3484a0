import type {IpFamily} from '../target.ts';
import type {Command} from '../check/change/command.ts';

/** One rule as iptables-save prints it; `position` counts from 1 in its chain, as iptables does. */
export type SavedRule = {/** The program of its family. */ readonly program: 'iptables' | 'ip6tables'; readonly table: string; readonly chain: string; readonly position: number; readonly line: string; readonly comment: string; readonly target: string};

/** Reads the text of iptables-save, or ip6tables-save. */
export const parseSave = (text: string, family: IpFamily): readonly SavedRule[] => {
	const program = family === 'ipv6' ? 'ip6tables' : 'iptables';
	const rules: SavedRule[] = [];
	const lengths = new Map<string, number>();
	let table = '';
	for (const line of text.split('\n')) {
		if (line.startsWith('*')) table = line.slice(1).trim();
		const chain = /^-A (\S+)/.exec(line)?.[1];
		if (chain === undefined) continue;
		const position = (lengths.get(`${table} ${chain}`) ?? 0) + 1;
		lengths.set(`${table} ${chain}`, position);
		const [, quoted, bare] = / --comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line) ?? [];
		rules.push({program, table, chain, position, line: line.trimEnd(), comment: quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '', target: / -[jg] (\S+)/.exec(line)?.[1] ?? ''});
	}
	return rules;
};

/** Rules that kube-proxy made for Services of a namespace: it names the port in the comment, `ns/name:port …`. */
export const ofNamespace = (rules: readonly SavedRule[], namespace: string): readonly SavedRule[] => rules.filter(({comment}) => comment.startsWith(`${namespace}/`));

/** Does nothing where the chain is gone (with what it was for) or has the rule already. */
const RESTORE = 'rules=$("$4" -w -t "$1" -S "$2" 2>/dev/null) || exit 0; printf "%s\\n" "$rules" | grep -qxF -e "$3" && exit 0; exec "$4-restore" -w --noflush';

const restoreInput = (table: string, lines: readonly string[]): string => `*${table}\n${lines.join('\n')}\nCOMMIT\n`;
const edit = (verb: string, {line, chain}: SavedRule): string => `${verb}${line.slice(`-A ${chain}`.length)}`;

const restore = (node: string, rule: SavedRule): Command => ({
	kind: 'run', node, argv: ['sh', '-c', RESTORE, 'restore', rule.table, rule.chain, rule.line, rule.program],
	stdin: restoreInput(rule.table, [edit(`-I ${rule.chain} ${rule.position}`, rule)]),
});

/**
 * What deletes rules on a node, all at once, and what puts each back in its place. They are deleted by their number, as iptables-nft does not find
 * a rule with `-m recent --rcheck` by its text (1.8.9): nobody may change these chains in between.
 */
export const removal = (node: string, rules: readonly SavedRule[]): {readonly inject: readonly Command[]; readonly undo: readonly Command[]} => {
	const tables = [...new Set(rules.map(({table}) => table))];
	const program = rules[0]?.program ?? 'iptables';
	// Back in from the top, out from the bottom: only so does each number hold.
	const byPlace = rules.toSorted((a, b) => a.position - b.position);
	return {
		inject: tables.map(table => ({
			kind: 'run', node, argv: [`${program}-restore`, '-w', '--noflush'],
			stdin: restoreInput(table, byPlace.filter(rule => rule.table === table).toReversed().map(({chain, position}) => `-D ${chain} ${position}`)),
		})),
		undo: byPlace.map(rule => restore(node, rule)),
	};
};
