import {RULES_EXACT_TIMEOUT_MS, RULES_STILL_MS} from '../limits.ts';
import {eventually} from './eventually.ts';
import {describeDifference, lookAtRules, proxySettings, type NodeDifference, type ProxySettings, type RulesSeen} from './node-rules.ts';
import {Violation} from './problem.ts';
import {makeShapes} from './shape-services.ts';
import type {Testbed} from './testbed.ts';

/** At least 40, so that every shape is there. */
const COUNT = 40;
const SEED = 1;

const MOST_SHOWN = 12;

const nodesOf = (differences: readonly NodeDifference[]): readonly string[] => [...new Set(differences.map(({node}) => node))];

const shown = (differences: readonly NodeDifference[]): string =>
	[...differences.slice(0, MOST_SHOWN).map(one => describeDifference(one)), ...(differences.length > MOST_SHOWN ? [`… and ${differences.length - MOST_SHOWN} more`] : [])].join('\n');

/**
 * What differs once the API and the rules have stood still for RULES_STILL_MS (an earlier check's namespace may be going meanwhile,
 * and kube-proxy follows the API after up to a second); says how many looks were in vain.
 */
const quietLook = async (testbed: Testbed, settings: ProxySettings): Promise<readonly NodeDifference[]> => {
	let inVain = 0;
	let last: RulesSeen | undefined;
	const differences = await eventually('the API and the rules stand still while they are read', async () => {
		const seen = await lookAtRules(testbed, settings);
		if (seen && last && seen.versions === last.versions && JSON.stringify(seen.differences) === JSON.stringify(last.differences)) return {done: true, value: seen.differences};
		last = seen;
		inVain++;
		return {done: false, observed: `after ${inVain} looks ${seen ? `${seen.differences.length} parts differ` : 'Services, EndpointSlices or nodes change'}, otherwise than before`};
	}, {timeoutMs: RULES_EXACT_TIMEOUT_MS, intervalMs: RULES_STILL_MS, signal: testbed.signal, onTimeout: 'broken'});
	// The first look of two is not in vain.
	if (inVain > 1) testbed.number('looks in vain, as the API or the rules changed meanwhile', inVain - 1, '');
	return differences;
};

/** Services of every shape, and the rules of every node compared with what they should be, part by part, both ways. */
export const rulesAreExact = async (testbed: Testbed): Promise<void> => {
	testbed.step(`${COUNT} Services of every shape (seed ${SEED})`);
	const names = await makeShapes(testbed, SEED, COUNT);
	testbed.number('Services', names.length, '');
	const settings = await proxySettings(testbed);
	testbed.step('every node gets there');
	await eventually('every node has exactly the rules that the API asks for', async () => {
		const seen = await lookAtRules(testbed, settings);
		if (!seen) return {done: false, observed: 'Services, EndpointSlices or nodes change all the time'};
		return seen.differences.length === 0 ? {done: true, value: undefined} : {done: false, observed: shown(seen.differences), nodes: nodesOf(seen.differences)};
	}, {timeoutMs: RULES_EXACT_TIMEOUT_MS, signal: testbed.signal});
	await testbed.settled();

	testbed.step('every node is still there');
	const differences = await quietLook(testbed, settings);
	testbed.grid({
		title: 'Parts that differ', columns: ['missing', 'foreign', 'changed', 'misplaced'],
		rows: testbed.nodes.map(({name}) => ({name, cells: (['missing', 'foreign', 'changed', 'misplaced'] as const).map(kind => {
			const count = differences.filter(one => one.node === name && one.kind === kind).length;
			return {mark: count === 0 ? '.' as const : 'X' as const, text: String(count)};
		})})),
	});
	if (differences.length === 0) return;
	testbed.evidence('differences.json', JSON.stringify(differences, undefined, '\t'));
	throw new Violation({
		summary: `the rules are not those that the API asks for, on ${nodesOf(differences).join(', ')}`,
		expected: 'every part of kube-proxy\'s rules as its source makes it from the API, and nothing else',
		observed: shown(differences),
		layer: {name: 'rules', detail: describeDifference(differences[0] as NodeDifference)},
		nodes: [...nodesOf(differences)],
		reproduce: nodesOf(differences).map(node => `${testbed.mode === 'nftables' ? `nft list table ${testbed.family === 'ipv6' ? 'ip6' : 'ip'} kube-proxy` : `${testbed.family === 'ipv6' ? 'ip6' : 'ip'}tables-save`}   # on ${node}`),
	});
};
