import test from 'ava';
import {node, proxyConfig, state} from '../../fixtures/objects.ts';
import {IPVS_SCENARIOS} from '../fixtures/kube-proxy-tests-ipvs.ts';
import type {IpvsScenario, SeenRule} from '../fixtures/kube-proxy-tests-ipvs.ts';
import type {Graph, Part} from '../graph.ts';
import {expectedIpvs} from './expected.ts';

const graphOf = ({services, slices = [], addresses = [], nodePortAddresses = [], family = 'ipv4'}: IpvsScenario, minor: number): Graph =>
	expectedIpvs(
		state({
			mode: 'ipvs',
			minor,
			services,
			slices,
			nodes: [node('test-node', addresses)],
			proxy: {...proxyConfig, detectLocalMode: 'none', nodePortAddresses},
		}),
		'test-node',
		family,
	);

const serversIn = (graph: Graph): Readonly<Record<string, readonly string[]>> =>
	Object.fromEntries(
		[...graph.values()]
			.filter(({where}) => where.startsWith('ipvs '))
			.map(({where, parts}) => [where.slice('ipvs '.length), parts.flatMap(({share}) => share?.to ?? []).toSorted()]),
	);

const options = (graph: Graph, option: string): readonly string[] =>
	[...graph.values()].flatMap(({where, parts}) =>
		where.startsWith('ipvs ') ? parts.filter(({pieces}) => pieces[0] === option).map(({text}) => text) : [],
	);

const entriesIn = (graph: Graph, where: string): readonly string[] =>
	(graph.get(where)?.parts ?? [])
		.filter(({pieces}) => pieces[0] !== 'create')
		.map(({text}) => text)
		.toSorted();

const seen = ({pieces}: Part): SeenRule => {
	const valueOf = (option: string): string | undefined => pieces.find(piece => piece.startsWith(option))?.slice(option.length);
	const [target = '', set, source] = [valueOf('-j '), valueOf('-m set --match-set ')?.split(' ')[0], valueOf('-s ')];
	return source === undefined ? (set === undefined ? [target] : [target, set]) : [target, set, source];
};

for (const minor of [35, 36])
	for (const scenario of IPVS_SCENARIOS)
		test(`1.${minor} ${scenario.title}`, t => {
			const {servers, sets = {}, chains = {}, bound, persistence} = scenario;
			const graph = graphOf(scenario, minor);
			if (servers) {
				t.deepEqual(serversIn(graph), servers);
				t.deepEqual(
					options(graph, '-s'),
					Object.keys(servers).map(() => '-s rr'),
				);
				t.deepEqual(options(graph, '-p'), persistence === undefined ? [] : Object.keys(servers).map(() => `-p ${persistence}`));
			}
			for (const [name, entries] of Object.entries(sets)) t.deepEqual(entriesIn(graph, `ipset ${name}`), entries, name);
			for (const [name, rules] of Object.entries(chains))
				t.deepEqual(
					['nat', 'filter'].flatMap(table => graph.get(`${table} ${name}`)?.parts ?? []).map(part => seen(part)),
					rules,
					name,
				);
			if (bound) {
				t.deepEqual(
					entriesIn(graph, 'kube-ipvs0'),
					bound.map(ip => `${ip}/32`),
				);
				t.deepEqual(entriesIn(graph, 'ipset KUBE-IPVS-IPS'), bound);
			}
			t.true((servers ?? bound) !== undefined || Object.keys({...sets, ...chains}).length > 0);
		});
