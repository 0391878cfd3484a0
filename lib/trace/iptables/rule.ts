import type {IpsetDump} from '../../facts/parse/ipset-save.ts';
import type {IptablesRule} from '../../facts/parse/iptables-rule.ts';
import {bothWays} from '../forks.ts';
import {perhapsMarked} from '../marks.ts';
import {forget, limitedBy, recognise, remember, type Path, type Walk} from '../path.ts';
import {NEXT, type Branch} from '../step.ts';
import type {Rule} from '../walk.ts';
import type {Part} from './condition.ts';
import {partsOf} from './match.ts';
import {targetOf} from './target.ts';

/** What `recent` knows of the client after the rule matched. */
const listed = (path: Path, parts: readonly Part[]): Path => {
	let now = path;
	for (const {remembers, forgets, recognises} of parts) {
		if (recognises) now = recognise(now, recognises.seconds);
		if (remembers !== undefined) now = remember(now, remembers);
		if (forgets !== undefined) now = forget(now, forgets);
	}

	return now;
};

/** False: it does not match; a text: it cannot be told. */
const matches = (parts: readonly Part[], path: Path, walk: Walk): boolean | string => {
	let doubt: string | undefined;
	for (const {condition} of parts) {
		const truth = condition ? condition(path, walk) : true;
		if (truth === false) return false;
		if (truth !== true) doubt ??= truth.unclear;
	}

	return doubt ?? true;
};

/** Prepares one rule. */
export const ruleOf = (rule: IptablesRule, isChain: (name: string) => boolean, sets: IpsetDump | undefined, label = ''): Rule => {
	const parts = partsOf(rule.matches, sets);
	const lists = parts.filter(({remembers, forgets, recognises}) => remembers ?? forgets ?? recognises);
	const chance = parts.reduce((product, part) => product * (part.chance ?? 1), 1);
	const {run, matters, marks} = targetOf(rule, isChain);
	const limits = parts.some(part => part.limits);
	const others = parts.filter(part => !part.limits);
	const quote = {where: `${label}${rule.table} ${rule.chain}`, text: () => rule.text};
	const isIdle = !matters && lists.length === 0;
	return {
		quote,
		apply(path, before, walk): readonly Branch[] {
			if (isIdle) return [{path, step: NEXT}];
			const truth = matches(parts, path, walk);
			// A doubt about a mark that nobody asks for need not spoil the verdict.
			if (typeof truth === 'string' && marks && lists.length === 0)
				return run(path, {rule: quote, before}, walk).map(({path: then}) => ({path: perhapsMarked(path, then, truth), step: NEXT}));
			const matched = (passed: Path): readonly Branch[] => {
				const hit = chance === 1 ? passed : {...passed, probability: passed.probability * chance};
				const branches = run(listed(hit, lists), {rule: quote, before}, walk);
				return chance === 1
					? branches
					: [...branches, {path: {...passed, probability: passed.probability * (1 - chance)}, step: NEXT}];
			};
			if (typeof truth === 'string') {
				const sides = bothWays(path, {why: truth, by: {rule: quote, before}, walk});
				return [...(sides.matched ? matched(sides.matched) : []), ...sides.over];
			}

			const passed = limits && (truth || matches(others, path, walk) === true) ? limitedBy(path, quote) : path;
			return truth ? matched(passed) : [{path: passed, step: NEXT}];
		},
	};
};
