import test from 'ava';
import type {Event} from '../../lib/record/events.ts';
import {fold} from '../../lib/record/fold.ts';
import {largeRun} from '../fixtures/large-run.ts';
import {sampleEvents} from '../fixtures/sample-run.ts';
import htmlReport from './index.ts';

const events = sampleEvents();
const page = htmlReport.render(fold(events));
const without = (types: readonly Event['type'][]): string => htmlReport.render(fold(events.filter(event => !types.includes(event.type))));

test('it needs nothing but itself and runs nothing', t => {
	t.notRegex(page, /<(script|link|img|iframe|object|base)\b/i);
	t.notRegex(page, /\son\w+\s*=\s*["']/i);
	t.notRegex(page, /href="(?!#|\.\/|https:\/\/)/);
	t.notRegex(page, /url\(|@import/);
	t.notRegex(page, /[\u0000-\u0008\u000B-\u001F\uFFFE]|\p{Surrogate}/u);
	t.true(page.includes('red &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; ]]&gt; --&gt;'));
	t.true(page.includes('href="./evidence/a%20b/%22%3E%3Cscript%3E%23%3F.txt"'));
});

test('the verdict is said in words', t => {
	t.regex(page, /<h1 class="verdict bad">3 of 18 checks failed, 1 more could not be observed<\/h1>/);
	t.regex(page, /12 passed, 4 failed, 10 skipped/);
});

test('every link inside the page has its place, and every place is one', t => {
	const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
	t.is(new Set(ids).size, ids.length);
	for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) t.true(ids.includes(decodeURI(target!)), target);
});

test('reds are open, the rest is closed', t => {
	const details = [...page.matchAll(/<details class="check (\w+)(?: differs)?"( open)?>/g)].map(
		([, outcome, open]) => `${outcome}${open ?? ''}`,
	);
	t.deepEqual([...new Set(details)].sort(), ['broken open', 'failed open', 'known', 'passed']);
});

test('the list of reds names the broken object', t => {
	const list = page.slice(page.indexOf('<ol class="reds">')).split('</ol>')[0]!;
	t.true(list.includes('<span class="layer">layer: rules</span> ipset KUBE-NODE-PORT-TCP on worker-2 lacks 31712'));
});

test('reds of one target that name the same are one trouble', t => {
	const run = fold(events);
	const targets = run.targets.map(target => ({
		...target,
		checks: target.checks.flatMap(check =>
			check.id === 'nodeport/every-node' && check.problem?.layer ? [check, {...check, id: 'nodeport/again'}] : [check],
		),
	}));
	const listOf = (html: string): string => html.slice(html.indexOf('<ol class="reds">')).split('</ol>')[0]!;
	const [before, list] = [listOf(page), listOf(htmlReport.render({...run, targets}))];
	t.is(list.split('class="layer"').length, before.split('class="layer"').length, 'the cause is told once');
	t.regex(list, /2 checks, one cause[^]*<code>nodeport\/every-node<\/code><\/a> [^<]+<\/li><li>[^]*<code>nodeport\/again<\/code>/);
	t.false(before.includes('one cause'));
});

test('a red shows all that it knows', t => {
	const red = page.slice(page.indexOf('id="embedded/ipvs/dual/1.36.3/nodeport/every-node"')).split('</details>')[0]!;
	for (const text of [
		'an answer from each of 4 nodes on :31712',
		'worker-2 X (refused, 15 of 15)',
		'<span class="layer">rules</span> ipset KUBE-NODE-PORT-TCP',
		'<dt>Nodes</dt><dd>worker-2</dd>',
		'<pre tabindex="0">curl --max-time 2',
		'./evidence/nodeport-every-node/dials.json',
		'NodePort 31712: from each place',
		'<td class="not"><b>X</b> refused, 15 of 15</td>',
		'https://github.com/kubernetes/kubernetes/issues/112133',
		'https://kep.k8s.io/1669',
		'<time>0.8 s</time>',
	])
		t.true(red.includes(text), text);
});

test('a check opens to why it matters, where the run knows it', t => {
	const bodyOf = (id: string): string => page.slice(page.indexOf(`id="embedded/ipvs/dual/1.36.3/${id}"`)).split('</details>')[0]!;
	t.regex(
		bodyOf('nodeport/every-node'),
		/^id="[^"]*">\n<p class="why"><b>Why it matters:<\/b> Load balancers spread over all nodes and trust each of them: [^<]*<\/p>/,
	);
	t.regex(bodyOf('hostile/strings'), /<b>Why it matters:<\/b> red &lt;script&gt;/);
	t.notRegex(bodyOf('clusterip/balancing'), /Why it matters/);
});

test('what was left out everywhere is not in the table, and is told with its reason under a fold', t => {
	const table = page.slice(page.indexOf('<section aria-labelledby="matrix">')).split('</section>')[0]!;
	t.false(table.includes('scale/'));
	t.true(table.includes('sctp/echo'), 'what is not supported was asked for');
	t.true(table.includes('Without the 2 that were left out'));
	const fold = page.slice(page.indexOf('<details class="suite left-out">')).split('</details>')[0]!;
	t.regex(fold, /<code>scale\/services-1000<\/code>[^]*<td>filtered<\/td>\n<td>--match &#39;!scale\/\*&#39;<\/td>/);
});

test('tags are balanced', t => {
	const open: string[] = [];
	for (const [, end, name, self] of page
		.replaceAll(/<style>[^]*?<\/style>|<!DOCTYPE html>/g, '')
		.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
		if (self || name === 'meta' || name === 'input' || name === 'wbr' || name === 'br') continue;
		if (end) t.is(open.pop(), name);
		else open.push(name!);
	}
	t.deepEqual(open, []);
});

for (const [what, types, text] of [
	[
		'interrupted',
		['check-finished', 'runner-exited', 'target-finished', 'run-finished'],
		/<h3>Interrupted <small>9<\/small><\/h3>[^]*<td>stopped<\/td>/,
	],
	['killed', ['run-finished'], /<h1 class="verdict bad">Interrupted: 17 of 18 checks have a result, 3 failed/],
	['never ready', ['cluster-ready'], /asked for; the cluster was never ready/],
	['nothing at all', events.map(event => event.type), /Interrupted: 0 of 0 checks have a result/],
	[
		'without results',
		['check-started', 'check-step', 'check-number', 'check-grid', 'check-chart', 'check-scene', 'check-evidence', 'check-finished'],
		/<a href="#embedded\/iptables\/ipv4\/1\.36\.3\/clusterip\/reach">9 checks<\/a>/,
	],
] as const) {
	test(`a run that was ${what}`, t => t.regex(without(types), text));
}

test('110 checks in three modes weigh less than 3 MB', t => {
	const large = htmlReport.render(largeRun(110));
	t.true(large.length < 3_000_000, `${large.length} bytes`);
	t.true(large.length > 300_000);
});
