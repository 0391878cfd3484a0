import type {Graph} from '../../lib/model/rules/graph.ts';
import {compare} from '../../lib/model/rules/compare.ts';
import {servicePorts} from '../../lib/model/service-ports.ts';
import type {ServicePort} from '../../lib/model/state.ts';
import {verdictsOf} from '../../lib/model/verdict-of.ts';
import type {IpFamily} from '../../lib/target.ts';
import {difference} from '../../lib/trace/agree.ts';
import {rulesTracer} from '../../lib/trace/trace.ts';
import {tuplesOf} from '../../lib/trace/tuples.ts';
import {factsOf, nodeOf, stateOf, type Case, type Version} from './case.ts';
import {ORACLE_MODES, type Dumped, type Files} from './modes.ts';
import {isHonest, surroundingsOf} from './surroundings.ts';
import {FAMILIES} from './world.ts';

export type Judgement = {
	/** What differs, a line each; empty: nothing. */
	readonly differences: readonly string[];
	/** Rules, elements and whole chains, maps and sets that were compared. */
	readonly parts: number;
	/** Packets about which model and rules were asked. */
	readonly packets: number;
};

const partsOf = (graph: Graph): number => [...graph.values()].reduce((sum, {parts}) => sum + 1 + parts.length, 0);

const ofRules = (expected: Graph, actual: Graph, family: IpFamily): readonly string[] =>
	compare(expected, actual).map(
		({kind, where, text, actual: found}) => `${family} ${kind}: ${where}: ${text}${found === undefined ? '' : ` [found: ${found}]`}`,
	);

/** Addresses and ports that several Services claim: kube-proxy serves any of these, as Go's order of iteration has it. */
const contested = (ports: readonly ServicePort[]): ReadonlySet<string> => {
	const claims = ports.flatMap(({clusterIP, externalIPs, loadBalancerVIPs, port, protocol}) =>
		[...new Set([clusterIP, ...externalIPs, ...loadBalancerVIPs])].map(ip => `${ip} ${port} ${protocol}`),
	);
	return new Set(claims.filter((claim, index) => claims.indexOf(claim) !== index));
};

type Asked = {readonly differences: readonly string[]; readonly packets: number};

const ofPackets = (one: Case, version: Version, {rules}: Dumped, family: IpFamily, count: number): Asked => {
	const node = nodeOf(one);
	const state = stateOf(one, version);
	const surroundings = surroundingsOf(one);
	const trace = rulesTracer(rules ?? {}, surroundings);
	const model = verdictsOf(state, node, {localAddresses: one.addresses});
	const claimed = contested(servicePorts(state, node, family));
	const tuples = tuplesOf(state, node, {count, seed: count, family, localAddresses: one.addresses}).filter(
		({packet}) => isHonest(packet) && !claimed.has(`${packet.destination} ${packet.port} ${packet.protocol}`),
	);
	return {
		packets: tuples.length,
		differences: tuples.flatMap(({packet, about}) => {
			const wrong = difference(model(packet), trace(packet));
			return wrong === undefined ? [] : [`${family} ${about} ${JSON.stringify(packet)}: ${wrong}`];
		}),
	};
};

/**
 * Whether the model says of a case what kube-proxy's own code made of it: the same rules, and the same of up to so many packets in each
 * family (those that cannot be are left out). Throws RangeError for a mode that cannot be judged.
 */
export const judge = (one: Case, version: Version, files: Files, packets: number): Judgement => {
	const mode = ORACLE_MODES[version.mode];
	if (!mode) throw new RangeError(`the rules of ${version.mode} mode are not modelled`);
	const dumped = mode.read(files);
	const expected = FAMILIES.map(family => [family, mode.expected(stateOf(one, version), nodeOf(one), family, factsOf(one))] as const);
	const asked = dumped.rules ? FAMILIES.map(family => ofPackets(one, version, dumped, family, packets)) : [];
	return {
		differences: [
			...dumped.remainder.map(({line, text, why}) => `not understood: line ${line}: ${text} (${why})`),
			...expected.flatMap(([family, graph]) => ofRules(graph, dumped.actual[family], family)),
			...asked.flatMap(({differences}) => differences),
		],
		parts: expected.reduce((sum, [, graph]) => sum + partsOf(graph), 0),
		packets: asked.reduce((sum, each) => sum + each.packets, 0),
	};
};
