import type {Fact} from '../../gather/fact.ts';
import {aside, broken, hopOf, unknown, type Hop} from '../chain.ts';
import {differenceText} from '../../model/rules/difference-text.ts';
import type {NodeDifferences} from '../differences.ts';

const HOP = {name: 'the rules of the suspected nodes are those that the API asks for', layer: 'rules'} as const;

/** A difference that kube-proxy will not, or cannot, mend is broken; one that it is behind with (`behind`: nodes) is its doing. */
export const rulesHop = (differences: ReadonlyMap<string, Fact<NodeDifferences>>, behind: ReadonlySet<string>): Hop => hopOf(HOP, [...differences].flatMap(([node, fact]) => {
	if (!fact.ok) return [unknown(`${node}: ${fact.source}: ${fact.why}`)];
	const {own, shared} = fact.value;
	return [...own, ...shared].map(difference => (behind.has(node) ? aside : broken)(differenceText({...difference, node})));
}), [...differences].flatMap(([node, fact]) => (fact.ok && fact.value.own.length + fact.value.shared.length === 0 ? [`${node}: no difference`] : [])));
