import {RULES_EXACT_TIMEOUT_MS, RULES_STILL_MS, rulesIntervalMs} from '../../../lib/limits.ts';
import type {NodeDifference} from '../../../lib/model/rules/difference-text.ts';
import {eventually} from '../../../lib/wait/eventually.ts';
import {listDifferences, lookAtRules, nodesOf, proxySettings, type ProxySettings, type RulesSeen} from '../exact/node-rules.ts';
import {isOfSeed} from './addresses.ts';
import {makeShapes, shapePods} from './services.ts';
import type {Testbed} from '../../../lib/testbed/testbed.ts';

/** At least 40, so that every shape is there. */
const COUNT = 40;
const SEED = 1;

/**
 * Two Services with one external address, and each kube-proxy serves it for either: waits until those of an earlier check are gone, which
 * go with its namespace.
 */
const addressesFree = async ({kube, signal}: Testbed): Promise<void> =>
	eventually(
		'no Service of an earlier check has the addresses of the shapes',
		async () => {
			const {items} = await kube.core.listServiceForAllNamespaces();
			const left = items.filter(({spec, status}) =>
				[...(spec?.externalIPs ?? []), ...(status?.loadBalancer?.ingress ?? []).map(({ip = ''}) => ip)].some(ip =>
					isOfSeed(SEED, ip),
				),
			);
			return left.length === 0
				? {done: true, value: undefined}
				: {done: false, observed: left.map(({metadata}) => `${metadata?.namespace}/${metadata?.name}`).join(', ')};
		},
		{timeoutMs: RULES_EXACT_TIMEOUT_MS, signal, onTimeout: 'broken'},
	);

type InForce = {
	/** Which differences do; left out: all. */
	readonly counts?: (difference: NodeDifference) => boolean;
	/** As of `eventually`. */
	readonly onTimeout?: 'violation' | 'broken';
	/** As of `makeShapes`. */
	readonly minor?: number | undefined;
};

/**
 * Makes Services of every shape and waits until every node has exactly the rules for them; a node that does not get there is a Violation.
 */
export const shapesInForce = async (
	testbed: Testbed,
	{counts = () => true, onTimeout = 'violation', minor}: InForce = {},
): Promise<ProxySettings> => {
	testbed.step(`${COUNT} Services of every shape (seed ${SEED})`);
	const [pods] = await Promise.all([shapePods(testbed), addressesFree(testbed)]);
	const names = await makeShapes(testbed, SEED, COUNT, pods, minor);
	testbed.number('Services', names.length, '');
	const settings = await proxySettings(testbed);
	testbed.step('every node gets there');
	await eventually(
		'every node has exactly the rules that the API asks for',
		async () => {
			const seen = await lookAtRules(testbed, settings);
			if (!seen) return {done: false, observed: 'Services, EndpointSlices or nodes change all the time'};
			const differences = seen.differences.filter(counts);
			return differences.length === 0
				? {done: true, value: undefined}
				: {done: false, observed: listDifferences(differences), nodes: nodesOf(differences)};
		},
		{
			timeoutMs: RULES_EXACT_TIMEOUT_MS,
			intervalMs: rulesIntervalMs(testbed.cluster.target.nodeKernel),
			signal: testbed.signal,
			onTimeout,
		},
	);
	return settings;
};

/**
 * What is seen once the API and the rules have stood still for RULES_STILL_MS (an earlier check's namespace may be going meanwhile,
 * and kube-proxy follows the API after up to a second); says how many looks were in vain.
 */
export const quietLook = async (testbed: Testbed, settings: ProxySettings): Promise<RulesSeen> => {
	let inVain = 0;
	let last: RulesSeen | undefined;
	const quiet = await eventually(
		'the API and the rules stand still while they are read',
		async () => {
			const seen = await lookAtRules(testbed, settings);
			if (seen && last && seen.versions === last.versions && JSON.stringify(seen.differences) === JSON.stringify(last.differences))
				return {done: true, value: seen};
			last = seen;
			inVain++;
			return {
				done: false,
				observed:
					`after ${inVain} looks ` +
					`${seen ? `${seen.differences.length} parts differ` : 'Services, EndpointSlices or nodes change'}, otherwise ` +
					'than before',
			};
		},
		{timeoutMs: RULES_EXACT_TIMEOUT_MS, intervalMs: RULES_STILL_MS, signal: testbed.signal, onTimeout: 'broken'},
	);
	// The first look of two is not in vain.
	if (inVain > 1) testbed.number('looks in vain, as the API or the rules changed meanwhile', inVain - 1, '');
	return quiet;
};
