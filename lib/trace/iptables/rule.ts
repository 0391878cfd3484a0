import type {IpsetDump} from '../../gather/parse/ipset-save.ts';
import type {IptablesRule} from '../../gather/parse/iptables-rule.ts';
import {forget, recognise, remember, type Path, type Walk} from '../path.ts';
import {NEXT, type Branch, type Rule} from '../walk.ts';
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
export const ruleOf = (rule: IptablesRule, isChain: (name: string) => boolean, sets: IpsetDump | undefined): Rule => {
	const parts = partsOf(rule.matches, sets);
	const lists = parts.filter(({remembers, forgets, recognises}) => remembers ?? forgets ?? recognises);
	const chance = parts.reduce((product, part) => product * (part.chance ?? 1), 1);
	const {run, matters} = targetOf(rule, isChain);
	const quote = {where: `${rule.table} ${rule.chain}`, text: () => rule.text};
	const isIdle = !matters && lists.length === 0;
	return {
		quote,
		apply(path, before, walk): readonly Branch[] {
			if (isIdle) return [{path, step: NEXT}];
			const truth = matches(parts, path, walk);
			if (truth === false) return [{path, step: NEXT}];
			if (truth !== true) return [{path, step: {then: 'unknown', why: truth}}];
			const hit = chance === 1 ? path : {...path, probability: path.probability * chance};
			const branches = run(listed(hit, lists), {rule: quote, before}, walk);
			return chance === 1 ? branches : [...branches, {path: {...path, probability: path.probability * (1 - chance)}, step: NEXT}];
		},
	};
};
