import type {Problem} from '../record/events.ts';
import {Violation} from '../record/problem.ts';
import type {TestNode, Testbed} from './testbed.ts';

const DROPS = /^(?=.*\bicmp(?:v6)?\b).*\b(?:drop|reject\b.*)$/;

/** The rules of a text of `nft list ruleset` that drop ICMP messages, each with where it stands. */
export const icmpDrops = (ruleset: string): readonly string[] => {
	let [table, chain] = ['', ''];
	return ruleset.split('\n').flatMap(line => {
		const text = line.trim();
		table = /^table (.+) \{$/.exec(text)?.[1] ?? table;
		chain = /^chain (.+) \{$/.exec(text)?.[1] ?? chain;
		return DROPS.test(text) ? [`${table} ${chain}: ${text}`] : [];
	});
};

const dropsOn = async ({name, shell}: TestNode): Promise<readonly string[]> =>
	icmpDrops((await shell.run(['nft', 'list', 'ruleset'])).stdout).map(rule => `${rule} on ${name}`);

/**
 * Does some work that lives by ICMP messages; where it finds the cluster at fault, a rule of the nodes at fault that drops such
 * messages is the layer. Otherwise the Violation is as it was.
 */
export const orIcmpDropped = async <T>({nodes}: Pick<Testbed, 'nodes'>, work: () => Promise<T>): Promise<T> => {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof Violation) || error.problem.layer) throw error;
		const suspected = nodes.filter(({name}) => error.problem.nodes?.includes(name) ?? true);
		const [rule] = (await Promise.all(suspected.map(async node => dropsOn(node)))).flat();
		if (rule === undefined) throw error;
		const problem: Problem = {...error.problem, layer: {name: 'host-firewall', detail: rule}};
		throw new Violation(problem);
	}
};
