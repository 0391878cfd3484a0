import type {NftRule, NftRuleset, NftTable} from '../../facts/parse/nft-types.ts';
import {piecesOf} from '../../model/rules/nftables/statement.ts';
import type {IpFamily} from '../../target.ts';
import {baseChain, HOOKS, unreadChain, type BaseChain} from '../base-chain.ts';
import {bothWays} from '../forks.ts';
import {perhapsMarked} from '../marks.ts';
import type {Path} from '../path.ts';
import {NEXT, type Branch} from '../step.ts';
import type {Rule} from '../walk.ts';
import {statementOf} from './statement.ts';
import {tableOf, type Table} from './table.ts';

type Open = {readonly path: Path; readonly doubt?: string};

/** Prepares one rule of a table. */
export const ruleOf = (rule: NftRule, table: Table): Rule => {
	const statements = rule.statements.map(statement => statementOf(statement, table));
	const quote = {where: `${table.name} ${rule.chain}`, text: () => piecesOf(rule.statements).join(' ')};
	return {
		quote,
		apply(start, before, walk): readonly Branch[] {
			const done: Branch[] = [];
			const by = {rule: quote, before};
			let forks = 0;
			let open: readonly Open[] = [{path: start}];
			for (const {matters, marks, run} of statements) {
				const onwards: Open[] = [];
				const go = (path: Path, doubt: string | undefined): void => {
					for (const {path: then, then: what} of run(path, by, walk)) {
						if (what === 'next rule') done.push({path: then, step: NEXT});
						else if (what === 'on') onwards.push({path: then, ...(doubt !== undefined && {doubt})});
						else if ('doubt' in what) onwards.push({path: then, doubt: doubt ?? what.doubt});
						else done.push({path: then, step: what});
					}
				};

				for (const {path, doubt} of open) {
					if (doubt !== undefined && marks)
						for (const {path: then} of run(path, by, walk)) onwards.push({path: perhapsMarked(path, then, doubt), doubt});
					else if (doubt !== undefined && matters) {
						const sides = bothWays(path, {why: doubt, by, walk, at: forks++});
						done.push(...sides.over);
						if (sides.matched) go(sides.matched, undefined);
					} else go(path, doubt);
				}

				open = onwards;
				if (open.length === 0) break;
			}

			return [...done, ...open.map(({path}) => ({path, step: NEXT}))];
		},
	};
};

const chainsOf = (json: NftTable): readonly BaseChain[] => {
	const table = tableOf(json);
	const prepared = new Map<string, readonly Rule[] | undefined>();
	const chainOf = (name: string) => {
		if (!prepared.has(name))
			prepared.set(
				name,
				json.chains.get(name)?.rules.map(rule => ruleOf(rule, table)),
			);
		return prepared.get(name);
	};

	return [...json.chains.values()].flatMap(({name, base}) => {
		const hook = HOOKS.find(each => each === base?.hook);
		return !base || !hook
			? []
			: [
					baseChain({
						hook,
						name,
						where: `${table.name} ${name}`,
						isNat: base.type === 'nat',
						priority: base.priority,
						...(base.device !== undefined && {devices: base.device.split(',')}),
						chainOf,
						policy: base.policy === 'drop' ? 'drop' : 'accept',
					}),
				];
	});
};

/** What the parser kept in its place is found there; other things that it did not understand belong nowhere. */
const isInPlace = ({why}: {readonly why: string}): boolean => why.startsWith('unknown: ');

/**
 * The base chains that packets of a family pass, but for some tables. A ruleset with objects that were not understood makes every packet's
 * fate unknown.
 */
export const nftChains = ({tables, remainder}: NftRuleset, family: IpFamily, leftOut: readonly string[] = []): readonly BaseChain[] => {
	const odd = remainder.find(each => !isInPlace(each));
	const families = [family === 'ipv4' ? 'ip' : 'ip6', 'inet', 'netdev'];
	return [
		...(odd ? HOOKS.map(hook => unreadChain(hook, `${odd.why}: ${odd.text}`)) : []),
		...[...tables]
			.filter(([name, table]) => families.includes(table.family) && !leftOut.includes(name))
			.flatMap(([, table]) => chainsOf(table)),
	];
};
