import {rejoined} from './forks.ts';
import {merge, type Path, type Quote, type Trail, type Walk} from './path.ts';
import type {Branch, Ended} from './step.ts';

/**
 * A rule, ready to be walked. The trail ends with the rule that jumped into its chain. The probabilities of the branches add up to the
 * path's.
 */
export type Rule = {readonly quote: Quote; readonly apply: (path: Path, before: Trail | undefined, walk: Walk) => readonly Branch[]};

export type ChainOf = (name: string) => readonly Rule[] | undefined;

/** nftables knows 16, iptables as many as there are chains; nobody uses more than a few. */
const DEEPEST = 100;
const MERGE_FROM = 16;

/** Walks a chain and all chains that it leads to. Total: what cannot be walked ends as `unknown`. */
export const walkChain = (
	chainOf: ChainOf,
	name: string,
	path: Path,
	walk: Walk,
	before?: Trail,
	stack: readonly string[] = [],
): readonly Ended[] => {
	const unknown = (at: Path, why: string): Ended => ({path: at, end: 'unknown', why, ...(before && {by: before})});
	const rules = chainOf(name);
	if (!rules) return [unknown(path, `there is no chain ${name}`)];
	if (stack.includes(name)) return [unknown(path, `chain ${name} leads back to itself`)];
	if (stack.length > DEEPEST) return [unknown(path, `chains lead deeper than ${DEEPEST} into each other`)];
	const inner = [...stack, name];
	const ended: Ended[] = [];
	let live: readonly Path[] = [path];
	for (const rule of rules) {
		const onwards: Path[] = [];
		for (const each of live) {
			if (--walk.budget.left < 0) return [unknown(path, 'there are more ways through the rules than can be walked')];
			for (const {path: then, step} of rule.apply(each, before, walk)) {
				if (then.probability <= 0) continue;
				const by: Trail = {rule: rule.quote, before};
				if (step.then === 'next') onwards.push(then);
				else if (step.then === 'unknown') ended.push({path: then, end: 'unknown', why: step.why, by});
				else if (step.then === 'jump' || step.then === 'goto') {
					for (const inside of walkChain(chainOf, step.chain, then, walk, by, inner)) {
						if (inside.end === 'return' && step.then === 'jump') onwards.push(inside.path);
						else ended.push(inside);
					}
				} else ended.push({path: then, end: step.then, by});
			}
		}

		live = rejoined(onwards.length > MERGE_FROM ? merge(onwards) : onwards, ended, path.forks.length);
		if (live.length === 0) break;
	}

	return [...ended, ...live.map(each => ({path: each, end: 'return'}) as const)];
};
