import {canonicalIp, hostPort} from '../../../lib/model/address.ts';
import type {Grid} from '../../../lib/record/events.ts';
import type {Dial, Vantage} from '../../../lib/probe/vantage.ts';
import {seenText, wireDifference} from '../../../lib/trace/wire.ts';
import {reproduceLine} from '../../../lib/testbed/flows.ts';
import {differenceText, type NodeDifference} from '../../../lib/model/rules/difference-text.ts';
import {dumpLine} from '../exact/node-rules.ts';
import {Violation} from '../../../lib/record/problem.ts';
import type {Testbed} from '../../../lib/testbed/testbed.ts';
import {lastOf, type Probe} from './probes.ts';

/** A probe and what was seen of it; no dials: it was not sent. */
export type Seen = {
	readonly probe: Probe;
	readonly dials: readonly Dial[];
	/** How the wire differs from the model. */ readonly wire?: string;
};

export const seenOf = (probe: Probe, dials: readonly Dial[] | undefined): Seen => {
	const wire = dials && wireDifference(probe.expected, dials);
	return {probe, dials: dials ?? [], ...(wire !== undefined && {wire})};
};

const isWrong = ({probe: {apart}, wire}: Seen): boolean => apart !== undefined || wire !== undefined;

/** What the wire must show, as a column of the report. */
const columnOf = ({expected}: Probe): string => {
	switch (expected.outcome) {
		case 'answered':
			return expected.sticky === undefined ? 'answered' : 'stays';
		case 'refused':
		case 'timeout':
			return expected.outcome;
		case 'open':
			return 'not sent';
	}
};

const COLUMNS = ['answered', 'stays', 'refused', 'timeout', 'not sent'];

/** By the node that packets come to first and by what the wire must show: how many were compared. */
const gridOf = (seen: readonly Seen[], nodes: readonly string[]): Grid => ({
	title: 'Packets that model, rules and wire agree about',
	columns: COLUMNS,
	rows: nodes.map(name => ({
		name,
		cells: COLUMNS.map(column => {
			const own = seen.filter(({probe}) => probe.entry.name === name && columnOf(probe) === column);
			const wrong = own.filter(one => isWrong(one)).length;
			return {
				mark: own.length === 0 ? (' ' as const) : wrong === 0 ? ('.' as const) : ('X' as const),
				text: wrong === 0 ? String(own.length) : `${own.length - wrong} of ${own.length}`,
			};
		}),
	})),
});

/** How many were compared, by what the wire must show; of those that were not sent, why. */
const tell = (testbed: Testbed, seen: readonly Seen[]): void => {
	const sent = seen.filter(({dials}) => dials.length > 0);
	testbed.number('packets compared three ways', sent.length, '');
	testbed.number('packets compared two ways, model and rules', seen.length - sent.length, '');
	for (const [column, own] of Map.groupBy(sent, ({probe}) => columnOf(probe))) testbed.number(`three ways: ${column}`, own.length, '');
	const unsent = seen.filter(({dials}) => dials.length === 0);
	for (const [why, own] of Map.groupBy(unsent, ({probe: {expected}}) =>
		expected.outcome === 'open' ? expected.why : 'not sent any more, as too many were wrong',
	))
		testbed.number(`two ways: ${why}`, own.length, '');
	testbed.grid(
		gridOf(
			seen,
			testbed.nodes.map(({name}) => name),
		),
	);
};

/** All nodes that a packet may pass: those that decide, and those of its backends. */
const passes = ({probe: {legs}}: Seen): ReadonlySet<string> =>
	new Set(
		legs.flatMap(({node, model}) => {
			const ips = model.kind === 'backends' ? model.backends.map(({ip}) => ip) : [];
			const hosts = node.state.slices
				.flatMap(({endpoints = []}) => endpoints ?? [])
				.filter(({addresses}) => ips.includes(canonicalIp(addresses[0] ?? '') ?? ''));
			return [node.name, ...hosts.flatMap(({nodeName}) => nodeName ?? [])];
		}),
	);

/**
 * Where model and rules disagree, that node; where only the wire does, the one node that all such packets pass, or those that decide over
 * them.
 */
const blamed = (wrong: readonly Seen[]): readonly string[] => {
	const lost = wrong.filter(({probe}) => !probe.apart);
	const [first, ...others] = lost.map(one => passes(one));
	const common = first ? others.reduce((all, each) => all.intersection(each), first) : new Set<string>();
	const ofLost = common.size === 1 ? [...common] : lost.map(({probe}) => lastOf(probe).node.name);
	return [...new Set([...wrong.flatMap(({probe: {apart}}) => apart?.node ?? []), ...ofLost])];
};

const textOf = ({probe, dials, wire}: Seen): string => {
	const {
		packet: {from, source, destination, port, protocol},
		about,
		legs,
		apart,
	} = probe;
	return [
		`${from} ${source} to ${hostPort(destination, port)}/${protocol} by ${probe.entry.name} (${about})`,
		...legs.flatMap(({node, model, trace}) => [
			`  model on ${node.name}: ${model.kind}: ${model.because}`,
			`  rules on ${node.name}: ${trace.kind}: ${trace.because}`,
		]),
		`  wire: ${dials.length === 0 ? 'not sent' : seenText(dials)}`,
		...(apart ? [`  model and rules: ${apart.text}`] : []),
		...(wire === undefined ? [] : [`  model and wire: ${wire}`]),
	].join('\n');
};

const jsonOf = ({probe, dials, wire}: Seen): unknown => ({
	packet: probe.packet,
	about: probe.about,
	entry: probe.entry.name,
	legs: probe.legs.map(({node, ...leg}) => ({node: node.name, ...leg})),
	dials,
	modelAndRules: probe.apart,
	modelAndWire: wire,
});

/** Kinds of disagreement that are shown, each by one packet; all packets are in the evidence. */
const MOST_SHOWN = 2;

/** What wrong packets have in common: the node, who tells them differently, and what must become of them. */
const kindOf = ({probe, wire}: Seen): string => {
	const {node} = lastOf(probe);
	const between = [probe.apart && 'model and rules', wire !== undefined && 'model and wire'].filter(Boolean).join(', ');
	return `${probe.apart?.node ?? node.name}: ${between} of packets that must be ${columnOf(probe)}`;
};

/** One packet of each kind of disagreement, and how many there are of it. */
const samples = (wrong: readonly Seen[]): readonly string[] => {
	const kinds = [...Map.groupBy(wrong, kindOf)].toSorted(([, a], [, b]) => b.length - a.length);
	const left = kinds.slice(MOST_SHOWN);
	return [
		...kinds.slice(0, MOST_SHOWN).map(([kind, [first, ...others]]) => `${1 + others.length} on ${kind}, as\n${textOf(first!)}`),
		...left.map(([kind, own]) => `${own.length} on ${kind}`),
	];
};

const reproduce = (
	{
		probe: {
			packet: {destination: ip, port, protocol},
		},
	}: Seen,
	from: Vantage | undefined,
): readonly string[] => (from && protocol !== 'SCTP' ? [reproduceLine({to: {ip, port, protocol}, from})] : []);

/**
 * Reports all that was compared. Throws a Violation that shows what model, rules and wire each say where they disagree; kube-proxy's rules
 * are its layer where they are not what they should be.
 */
export const judgeSeen = (
	testbed: Testbed,
	seen: readonly Seen[],
	differences: readonly NodeDifference[],
	vantageOf: (probe: Probe) => Vantage | undefined,
): void => {
	tell(testbed, seen);
	const wrong = seen.filter(one => isWrong(one));
	if (wrong.length === 0) return;
	testbed.evidence(
		'disagreements.json',
		JSON.stringify(
			wrong.map(one => jsonOf(one)),
			undefined,
			'\t',
		),
	);
	const nodes = blamed(wrong);
	const broken = differences.find(({node}) => nodes.includes(node));
	throw new Violation({
		summary: `model, rules and wire disagree about ${wrong.length} of ${seen.length} packets, on ${nodes.join(', ')}`,
		expected: "the same of each packet: by the API's objects, by the rules of the node, and as its sender sees it",
		observed: samples(wrong).join('\n'),
		...(broken && {layer: {name: 'rules', detail: differenceText(broken)}}),
		nodes,
		reproduce: [...reproduce(wrong[0]!, vantageOf(wrong[0]!.probe)), ...nodes.map(node => dumpLine(testbed, node))],
	});
};
