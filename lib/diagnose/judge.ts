import type {Hop} from '../chain/chain.ts';
import {LAYERS} from '../record/events.ts';
import type {FactName} from './facts.ts';
import {CONFIDENCES, SEVERITIES, type Confidence, type Finding, type Rule, type Severity} from './rule.ts';
import type {Snapshot} from './snapshot.ts';

/** A finding as reports show it. */
export type RankedFinding = Finding & {
	readonly rule: string;
	readonly severity: Severity;
	readonly confidence: Confidence;
	readonly refs: readonly string[];
	/** Ids of rules whose finding about the same object this one explains. */
	readonly explains: readonly string[];
};

export type RuleOutcome = {
	readonly id: string;
	readonly title: string;
	readonly severity: Severity;
} & (
	| {readonly outcome: 'ok' | 'violated'}
	| {readonly outcome: 'not-applicable'; readonly why: string}
	| {
			readonly outcome: 'unknown';
			readonly why: string;
			/** Rights that would make it known. */ readonly rights: readonly string[];
			/** It needs node evidence that nobody asked for: not a failure to look. */ readonly optional: boolean;
	  }
);

export type Diagnosis = {
	readonly takenAt: string;
	readonly server: string;
	/** The worst first, causes before their consequences. */
	readonly findings: readonly RankedFinding[];
	readonly rules: readonly RuleOutcome[];
	/** The way to one Service, where that was asked for. */
	readonly way?: {readonly service: string; readonly hops: readonly Hop[]};
};

const isBefore = <T>(order: readonly T[], a: T, b: T): number => order.indexOf(a) - order.indexOf(b);

/** The worst first; then what is surest, then what lies nearest to the API. */
const inOrder = (findings: readonly RankedFinding[], rules: ReadonlyMap<string, Rule>): readonly RankedFinding[] =>
	findings.toSorted(
		(a, b) =>
			isBefore(SEVERITIES, a.severity, b.severity) ||
			isBefore(CONFIDENCES, a.confidence, b.confidence) ||
			isBefore(LAYERS, rules.get(a.rule)?.layer ?? 'backend', rules.get(b.rule)?.layer ?? 'backend') ||
			a.about.localeCompare(b.about, 'en', {numeric: true}) ||
			a.rule.localeCompare(b.rule),
	);

/** What another finding about the same object explains is left to that one. */
const withoutConsequences = (findings: readonly RankedFinding[]): readonly RankedFinding[] => {
	const byObject = Map.groupBy(findings, ({about}) => about);
	const explained = (one: RankedFinding): boolean =>
		(byObject.get(one.about) ?? []).some(other => other !== one && other.explains.includes(one.rule));
	return findings.filter(one => !explained(one));
};

const unknownOf = (rule: Rule, {facts}: Snapshot): RuleOutcome | undefined => {
	const {id, title, severity} = rule;
	const missing = rule.needs.flatMap(name => {
		const fact = facts[name];
		return fact?.ok ? [] : [fact ?? {ok: false as const, why: 'not looked at', source: name}];
	});
	const [first] = missing;
	if (!first) return undefined;
	const evidence = rule.needs.includes('nodeEvidence') && facts.nodeEvidence === undefined;
	if (evidence && missing.length === 1)
		return {id, title, severity, outcome: 'unknown', why: 'needs node evidence (--nodes)', rights: [], optional: true};
	const absent = missing.find(fact => 'absent' in fact && fact.absent);
	if (absent) return {id, title, severity, outcome: 'not-applicable', why: `${absent.source}: ${absent.why}`};
	const rights = missing.flatMap(fact => ('right' in fact && fact.right !== undefined ? [fact.right] : []));
	return {
		id,
		title,
		severity,
		outcome: 'unknown',
		why: missing.map(({source, why}) => `${source}: ${why}`).join('; '),
		rights,
		optional: false,
	};
};

/** Nodes of which a look is missing that the rule needs: what was not seen is no pass. */
const unseenNodes = ({looks = []}: Rule, {facts: {nodeEvidence}}: Snapshot): readonly string[] =>
	!nodeEvidence?.ok
		? []
		: Object.entries(nodeEvidence.value).flatMap(([node, {texts}]) => {
				const missing = looks.filter(name => texts[name]?.ok !== true);
				return missing.length > 0 ? [`${node}: ${missing.join(', ')} not known`] : [];
			});

/** Only what the rule has declared, so that nobody can lean on what was gathered for another. */
const seenBy = ({needs, sees}: Rule, {facts, takenAt}: Snapshot) => ({
	...Object.fromEntries(
		[...needs, ...sees].flatMap((name: FactName) => {
			const fact = facts[name];
			return fact?.ok ? [[name, fact.value]] : [];
		}),
	),
	atMs: Date.parse(takenAt),
});

/** Whether a finding is about what is there: while a namespace is deleted, its objects go in no order, and lack each other for a moment. */
const lasting = ({facts: {namespaces}}: Snapshot): ((finding: Finding) => boolean) => {
	if (!namespaces?.ok) return () => true;
	const going = new Set(namespaces.value.flatMap(({metadata}) => (metadata?.deletionTimestamp === undefined ? [] : [metadata.name])));
	return ({about}) => !going.has(/^(?:\S+ ([^/]+)\/|Namespace (.+)$)/.exec(about)?.slice(1).find(Boolean));
};

/** Runs the rules over a snapshot. Pure: the same snapshot gives the same diagnosis. */
export const judge = (snapshot: Snapshot, rules: readonly Rule[]): Diagnosis => {
	const outcomes: RuleOutcome[] = [];
	const findings: RankedFinding[] = [];
	const isLasting = lasting(snapshot);
	for (const rule of rules) {
		const {id, title, severity} = rule;
		const unknown = unknownOf(rule, snapshot);
		const said = unknown ? [] : rule.evaluate(seenBy(rule, snapshot) as never);
		const result = 'notApplicable' in said || rule.ofGoing === true ? said : said.filter(isLasting);
		if (unknown) outcomes.push(unknown);
		else if ('notApplicable' in result) outcomes.push({id, title, severity, outcome: 'not-applicable', why: result.notApplicable});
		else {
			const unseen = result.length > 0 ? [] : unseenNodes(rule, snapshot);
			outcomes.push(
				unseen.length > 0
					? {id, title, severity, outcome: 'unknown', why: unseen.join('; '), rights: [], optional: true}
					: {id, title, severity, outcome: result.length > 0 ? 'violated' : 'ok'},
			);
			findings.push(
				...result.map(found => ({
					...found,
					rule: id,
					severity: found.severity ?? severity,
					confidence: found.confidence ?? 'certain',
					refs: rule.refs,
					explains: rule.explains ?? [],
				})),
			);
		}
	}
	const byId = new Map(rules.map(rule => [rule.id, rule]));
	return {
		takenAt: snapshot.takenAt,
		server: snapshot.server,
		findings: inOrder(withoutConsequences(findings), byId),
		rules: outcomes,
	};
};

/** The facts that rules ask for, each once, and the namespaces: of those that are being deleted nothing is told. */
export const factsOf = (rules: readonly Rule[]): readonly FactName[] => [
	...new Set<FactName>(['namespaces', ...rules.flatMap(({needs, sees}) => [...needs, ...sees])]),
];
