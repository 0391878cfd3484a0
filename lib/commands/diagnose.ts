import {Option} from 'commander';
import type {Diagnosis} from '../diagnose/judge.ts';
import {SEVERITIES, type Rule, type Severity} from '../diagnose/rule.ts';
import {UsageError} from '../usage.ts';
import type {AddCommand} from './command.ts';
import {filled} from '../options/values.ts';
import {closest} from '../options/near-miss.ts';
import {evidenceFlags, present, snapshotFor, type Origin} from './diagnosing.ts';

type Flags = Origin & {
	save?: string;
	rules?: string;
	severity: Severity;
	json?: boolean;
	junit?: string;
	html?: string;
	from?: string;
	redact?: boolean;
	printRole?: boolean;
	printCollector?: boolean;
};

/** Throws UsageError for an id that no rule has. */
const chosen = (rules: readonly Rule[], ids: string | undefined): readonly Rule[] => {
	if (ids === undefined) return rules;
	const wanted = ids.split(/[\s,]+/).filter(Boolean);
	const all = rules.map(({id}) => id);
	const wrong = wanted.find(id => !all.includes(id));
	if (wrong !== undefined) {
		const near = closest(wrong, all);
		throw new UsageError(
			`--rules ${wrong}: there is no such ` +
				`rule${near === undefined ? `; docs/rules holds all ${all.length}` : `: did you mean ${near}?`}`,
		);
	}
	return rules.filter(({id}) => wanted.includes(id));
};

const atLeast = (diagnosis: Diagnosis, least: Severity): Diagnosis => ({
	...diagnosis,
	findings: diagnosis.findings.filter(({severity}) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least)),
});

/** 1: something was found. 2: nothing was, but not all could be looked at, so nobody should take it for a pass. */
const codeOf = (diagnosis: Diagnosis): number =>
	diagnosis.findings.length > 0 ? 1 : diagnosis.rules.some(rule => rule.outcome === 'unknown' && !rule.optional) ? 2 : 0;

const addDiagnose: AddCommand = (program, {interrupts, say, exit}) => {
	evidenceFlags(
		program
			.command('diagnose')
			.description("say what is wrong with a cluster's Services, why, and how to mend it; reads only, changes nothing")
			.argument('[service]', 'the way to this Service hop by hop, as NAMESPACE/NAME'),
	)
		.addOption(new Option('--from <pod>', 'with a Service: the client, as NAMESPACE/POD').argParser(filled('--from')))
		.addOption(
			new Option('--save <file>', 'write the snapshot that was judged; --from-file judges it again').argParser(filled('--save')),
		)
		.option('--redact', 'replace names and addresses, each always by the same, before anything is judged, shown or saved')
		.addOption(new Option('--rules <ids>', 'only these rules, with commas; docs/rules tells of each').argParser(filled('--rules')))
		.addOption(new Option('--severity <least>', 'show findings from this severity on').choices(SEVERITIES).default('warning'))
		.option('--json', 'the diagnosis as JSON on standard output')
		.addOption(new Option('--junit <file>', 'write a JUnit file: a case for each rule').argParser(filled('--junit')))
		.addOption(new Option('--html <file>', 'write a page that needs nothing but itself').argParser(filled('--html')))
		.option('--print-role', 'print the ClusterRole with all that diagnose needs, and end')
		.option('--print-collector', 'print a script that collects node evidence for --evidence, and end')
		.action(async (service: string | undefined, flags: Flags) => {
			if (flags.printRole || flags.printCollector) {
				const {clusterRole} = await import('../diagnose/role.ts');
				const {collectorScript} = await import('../diagnose/collector.ts');
				say((flags.printRole ? clusterRole() : collectorScript()).trimEnd());
				return;
			}
			if (flags.from !== undefined && service === undefined)
				throw new UsageError('--from goes with a Service: diagnose NAMESPACE/NAME --from NAMESPACE/POD');
			const [{loadRules}, {factsOf, judge}, {saveSnapshot}, {redact}] = await Promise.all([
				import('../diagnose/load.ts'),
				import('../diagnose/judge.ts'),
				import('../diagnose/snapshot.ts'),
				import('../diagnose/redact.ts'),
			]);
			const rules = chosen(await loadRules(), flags.rules);
			const seen = await snapshotFor(flags, factsOf(rules), interrupts.signal);
			const {snapshot, nameOf} = flags.redact ? redact(seen) : {snapshot: seen, nameOf: (name: string) => name};
			if (flags.save !== undefined) await saveSnapshot(snapshot, flags.save);
			const diagnosis = atLeast(judge(snapshot, rules), flags.severity);
			if (service === undefined) {
				await present(diagnosis, flags, say);
				exit(codeOf(diagnosis));
				return;
			}
			const [{serviceChain}, {chainLines}] = await Promise.all([
				import('../diagnose/service-chain.ts'),
				import('../../reports/diagnose/chain.ts'),
			]);
			const chain = serviceChain(snapshot, diagnosis, rules, {
				service: nameOf(service),
				...(flags.from !== undefined && {from: nameOf(flags.from)}),
			});
			const own = {...diagnosis, findings: chain.findings, way: {service: chain.service, hops: chain.chain.hops}};
			await present(own, flags, flags.json ? say : () => say(chainLines(chain)));
			exit(chain.findings.length > 0 || chain.chain.broken ? 1 : codeOf({...diagnosis, findings: []}));
		});
};

export default addDiagnose;
