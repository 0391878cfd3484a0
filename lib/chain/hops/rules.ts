import type {Fact} from '../../facts/fact.ts';
import {aside, broken, hopOf, unknown, type Hop} from '../chain.ts';
import {differenceText} from '../../model/rules/difference-text.ts';
import type {NodeDifferences} from '../differences.ts';
import type {Behind} from './kube-proxy.ts';

const HOP = {name: 'the rules of the suspected nodes are those that the API asks for', layer: 'rules'} as const;

/**
 * A difference that kube-proxy will not, or cannot, mend is broken; one that it is behind with because it stands still is its doing; one
 * that it may mend at its next sync says nothing yet. `others`: the packets were seen to end elsewhere, at a rule of somebody else's or at
 * the interface; what kube-proxy then has too much, such as leftovers of another mode, is not what ends them.
 */
export const rulesHop = (
	differences: ReadonlyMap<string, Fact<NodeDifferences>>,
	behind: ReadonlyMap<string, Behind>,
	others: boolean,
): Hop =>
	hopOf(
		HOP,
		[...differences].flatMap(([node, fact]) => {
			if (!fact.ok) return [unknown(`${node}: ${fact.source}: ${fact.why}`)];
			const {own, shared} = fact.value;
			const late = behind.get(node);
			return [...own, ...shared].map(difference => {
				const text = differenceText({...difference, node});
				if ((late && 'all' in late) || (others && difference.kind === 'foreign')) return aside(text);
				return late?.due.has(difference) ? unknown(`${text}; ${late.why}`) : broken(text);
			});
		}),
		[...differences].flatMap(([node, fact]) =>
			fact.ok && fact.value.own.length + fact.value.shared.length === 0 ? [`${node}: no difference`] : [],
		),
	);
