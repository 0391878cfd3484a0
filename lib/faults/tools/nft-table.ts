import type {Command} from '../../change/command.ts';

/** A chain of kube-proxy's table, as `nft list table` prints it. */
export type NftChain = {
	/** `ip kube-proxy` or `ip6 kube-proxy`. */ readonly table: string;
	readonly name: string;
	readonly rules: readonly string[];
};
/** An element of one of its sets or maps: `10.96.0.1 . tcp . 443 : goto service-…`. */
export type NftElement = {
	readonly table: string;
	readonly set: string;
	readonly key: string;
	readonly text: string;
};

const tableOf = (text: string): string => /^table (\S+ \S+) \{/m.exec(text)?.[1] ?? 'ip kube-proxy';

/** The chains of the text of `nft list table`. */
export const parseChains = (text: string): readonly NftChain[] =>
	[...text.matchAll(/^\tchain (\S+) \{\n((?:\t\t.*\n|\n)*)\t\}/gm)].map(([, name = '', body = '']) => ({
		table: tableOf(text),
		name,
		rules: body
			.split('\n')
			.map(line => line.trim())
			.filter(Boolean),
	}));

/** The elements of the sets and maps with names. */
export const parseElements = (text: string): readonly NftElement[] =>
	[...text.matchAll(/^\t(?:set|map) (\S+) \{\n((?:\t\t.*\n)*)\t\}/gm)].flatMap(([, set = '', body = '']) =>
		(/elements = \{([^}]*)\}/.exec(body)?.[1] ?? '')
			.split(/,\s+/)
			.map(element => element.trim())
			.filter(Boolean)
			.map(element => ({
				table: tableOf(text),
				set,
				text: element,
				key: element.replace(/ (?:comment ".*"|timeout .*|: .*)$/, '').replace(/ comment ".*$/, ''),
			})),
	);

const chainText = ({table, name, rules}: NftChain): string =>
	`flush chain ${table} ${name}\ntable ${table} {\n\tchain ${name} {\n${rules.map(rule => `\t\t${rule}\n`).join('')}\t}\n}\n`;

/** Does nothing where the chain (or the set) is gone with what it was for. */
const GUARD = 'nft list "$1" $3 "$2" >/dev/null 2>&1 || exit 0; exec nft -f -';

type Both = {readonly inject: readonly Command[]; readonly undo: readonly Command[]};

/** What gives a chain other rules, in one transaction, and what gives it its own again. */
export const rewriting = (node: string, chain: NftChain, rules: readonly string[]): Both => ({
	inject: [{kind: 'run', node, argv: ['nft', '-f', '-'], stdin: chainText({...chain, rules})}],
	undo: [{kind: 'run', node, argv: ['sh', '-c', GUARD, 'restore', 'chain', chain.name, chain.table], stdin: chainText(chain)}],
});

/** What deletes elements, all at once, and what adds them again. */
export const elementRemoval = (node: string, elements: readonly NftElement[]): Both => ({
	inject: [
		{
			kind: 'run',
			node,
			argv: ['nft', '-f', '-'],
			stdin: elements.map(({table, set, key}) => `delete element ${table} ${set} { ${key} }\n`).join(''),
		},
	],
	undo: elements.map(({table, set, text}) => ({
		kind: 'run',
		node,
		argv: ['sh', '-c', GUARD, 'restore', /: (?:goto|jump) /.test(text) ? 'map' : 'set', set, table],
		stdin: `add element ${table} ${set} { ${text} }\n`,
	})),
});
