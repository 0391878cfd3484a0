import {execFileSync, spawnSync} from 'node:child_process';
import {join} from 'node:path';
import test from 'ava';
import {convert} from 'xmlbuilder2';
import type {Event} from '../lib/record/events.ts';
import {fold} from '../lib/record/fold.ts';
import {targetKey} from '../lib/target.ts';
import {IPVS} from './fixtures/sample-plan.ts';
import {sampleEvents} from './fixtures/sample-run.ts';
import junit from './junit.ts';

const schema = join(import.meta.dirname, 'fixtures/junit.xsd');
const sample = junit.render(fold(sampleEvents()));
const key = targetKey(IPVS);
const lost = (...checks: string[]): readonly Event[] => [
	{
		at: 1_000,
		type: 'target-planned',
		target: key,
		spec: IPVS,
		reason: 'asked for',
		checks: checks.map(id => ({id, title: id, refs: [], budgetMs: 1})),
	},
	{
		at: 1_001,
		type: 'target-failed',
		target: key,
		problem: {summary: 'etcd did not answer', expected: 'ready', observed: 'refused', reproduce: []},
	},
	{at: 1_002, type: 'run-finished'},
];

const CASES: readonly (readonly [string, string])[] = [
	['the sample', sample],
	['an interrupted run', junit.render(fold(sampleEvents().slice(0, 40)))],
	['a lost cluster', junit.render(fold(lost('a/b')))],
	['an empty record', junit.render(fold([]))],
];

for (const [what, xml] of CASES) {
	test(`valid: ${what}`, t => {
		t.notThrows(() => convert(xml));
		const xmllint = spawnSync('xmllint', ['--version']);
		if (xmllint.error) {
			t.log('no xmllint on the PATH (Debian: libxml2-utils): only that it is well-formed was checked, not the schema');
			return;
		}
		t.notThrows(() => execFileSync('xmllint', ['--noout', '--schema', schema, '-'], {input: xml, stdio: ['pipe', 'ignore', 'pipe']}));
	});
}

test('the traps', t => {
	t.notRegex(sample, /<testsuites[^>]* (skipped|tests)=/);
	t.notRegex(sample, /<testcase[^>]* file=/);
	t.notRegex(sample, /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE]|\p{Surrogate}/u);
	t.notRegex(sample, /\[31m/);
	t.false(sample.includes('<script>'));
	const names = [...sample.matchAll(/<testcase name="([^"]*)"/g)].map(([, name]) => name);
	t.is(names.length, 26);
	t.is(new Set(names).size, names.length);
});

test('each outcome has its element', t => {
	const caseOf = (name: string): string => sample.slice(sample.indexOf(`<testcase name="${name}"`)).split('</testcase>')[0]!;
	t.regex(
		caseOf('nodeport/every-node (ipvs dual)'),
		/classname="ipvs\.dual\.nodeport" time="3\.400">\s*<failure type="rules" message="worker-2 refuses connections to the NodePort">worker-2 refuses[^]*layer {6}rules: ipset[^]*<system-out>[^]*\n\[\[ATTACHMENT\|evidence\/nodeport-every-node\/dials\.json\]\]<\/system-out>/,
	);
	t.regex(caseOf('dns/srv (ipvs dual)'), /<error type="not observed" message="the client pod on worker-3/);
	t.regex(caseOf('udp/conntrack-zero (ipvs dual)'), /<skipped message="known upstream defect: conntrack entries/);
	t.regex(caseOf('nodeport/localhost (ipvs dual)'), /<skipped message="not-applicable: ipvs never serves/);
	// GitLab shows the text alone.
	t.regex(caseOf('udp/conntrack-zero (ipvs dual)'), /<skipped [^>]*>known upstream defect: conntrack entries/);
	t.regex(caseOf('nodeport/localhost (ipvs dual)'), /<skipped [^>]*>not-applicable: ipvs never serves/);
	t.notRegex(caseOf('clusterip/reach (ipvs dual)'), /<(failure|error|skipped)/);
	t.regex(
		sample,
		/<testsuite name="embedded\/ipvs\/dual\/1\.36\.3\/nodeport" tests="2" failures="1" errors="0" skipped="1" time="3\.400" timestamp="2026-11-21T/,
	);
});

test('text from a cluster cannot attach a file, nor set a property', t => {
	const printed = [...sample.matchAll(/<system-out>([^]*?)<\/system-out>/g)].map(([, out]) => out ?? '').join('\n');
	t.true(printed.includes('[ATTACHMENT|/etc/passwd]] [PROPERTY|run=another]]'));
	t.deepEqual([...new Set([...printed.matchAll(/\[\[([A-Z]+\|[^\n]*)/g)].map(([, asked]) => asked))].sort(), [
		'ATTACHMENT|evidence/a b/"&gt;&lt;script&gt;#?.txt]]',
		'ATTACHMENT|evidence/nodeport-every-node/dials.json]]',
		'ATTACHMENT|evidence/nodeport-every-node/worker-2-ipset.txt]]',
	]);
});

test('what an interruption kept from a result is skipped, and is no error', t => {
	const xml = junit.render(
		fold([
			lost('a/b', 'c/d')[0]!,
			{at: 2_000, type: 'check-started', target: key, check: 'a/b'},
			{at: 2_500, type: 'interrupted', signal: 'SIGINT'},
		]),
	);
	t.regex(xml, /<testsuites name="vipcheck" failures="0" errors="0"/);
	t.regex(xml, /<testcase name="a\/b \(ipvs dual\)"[^>]*>\s*<skipped message="stopped: the run was ended by SIGINT">stopped: the run/);
	t.regex(xml, /<testcase name="c\/d \(ipvs dual\)"[^>]*>\s*<skipped message="not-run: the run was interrupted">/);
});

test('a lost cluster is red, also with no check to say so', t => {
	t.regex(junit.render(fold(lost('a/b'))), /<testsuites name="vipcheck" failures="0" errors="1"/);
	t.regex(
		junit.render(fold(lost())),
		/<testcase name="cluster\/create \(ipvs dual\)"[^]*<error type="not observed" message="etcd did not answer"/,
	);
});
