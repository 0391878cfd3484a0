import type {LookName} from '../facts/argv.ts';
import type {Fact} from '../facts/fact.ts';
import type {Metrics} from '../facts/parse/metrics.ts';
import {readNode, type NodeFacts} from '../facts/read-node.ts';
import {look} from '../gather/look.ts';
import type {NodeVerdict} from './judge-nodes.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** Looks at some things of every node, and says of each what is to be said. */
export const ofEachNode = async (
	{nodes, signal}: Pick<Testbed, 'nodes' | 'signal'>,
	names: readonly LookName[],
	say: (facts: NodeFacts, node: TestNode) => Omit<NodeVerdict, 'node'>,
): Promise<readonly NodeVerdict[]> =>
	Promise.all(nodes.map(async node => ({node: node.name, ...say(readNode(await look(node.shell, names, signal)), node)})));

/** What a node says where it must say one thing; what could not be asked is wrong, with the reason. */
export const mustBe = (fact: Fact<string>, wanted: string): Omit<NodeVerdict, 'node'> =>
	fact.ok
		? {text: fact.value, wrong: fact.value === wanted ? undefined : `${fact.value || 'nothing'} instead of ${wanted}`}
		: {text: '?', wrong: `${fact.source}: ${fact.why}`};

/** The sum of a metric's samples; undefined: it has none. */
export const metricOf = ({samples}: Metrics, name: string): number | undefined => {
	const own = samples.filter(sample => sample.name === `kubeproxy_${name}`);
	return own.length === 0 ? undefined : own.reduce((sum, {value}) => sum + value, 0);
};
