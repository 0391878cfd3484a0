import {raw} from 'hono/html';
import type {Diagnosis, RankedFinding, RuleOutcome} from '../../lib/diagnose/judge.ts';
import type {Html} from '../html/markup.ts';
import {h} from '../html/markup.ts';
import {htmlPage} from '../html/page.ts';
import {STYLE} from '../html/style.ts';
import {findingsText, notKnown, notLookedAt, rightsMissing, rulesText} from './counts.ts';

const MORE_STYLE = `
.finding { margin: 1.25rem 0; padding: 0.75rem 1rem 0.9rem; border-left: 4px solid var(--muted); background: var(--soft); }
.finding.error { border-color: var(--failed); } .finding.warning { border-color: var(--known); }
.finding h3 { margin: 0 0 0.5rem; }
.finding h3 .word { margin-right: 0.5em; font-size: 0.8125rem; font-weight: 600; }
.finding.error .word { color: var(--failed); } .finding.warning .word { color: var(--known); }
.finding dl.problem dd { white-space: pre-wrap; }
.way { list-style: none; padding: 0; } .way li { margin: 0.4rem 0; }
.way .from { padding-left: 1.5em; }
.finding .from, .way .from { display: block; color: var(--muted); font-size: 0.8125rem; }
`;

const WORDS = {error: '✗ error', warning: '! warning', info: '· info'} as const;

const link = (ref: string): Html => (ref.startsWith('https://') ? h`<a href="${ref}">${ref}</a>` : h`${ref}`);

const seen = ({from, text}: RankedFinding['evidence'][number]): Html => h`<span class="from">${from}</span><code>${text}</code>`;

const finding = ({severity, confidence, about, summary, evidence, fix, verify = [], refs, rule}: RankedFinding): Html => h`
<section class="finding ${severity}">
<h3><span class="word">${WORDS[severity]}${confidence === 'certain' ? '' : ` (${confidence})`}</span>${about}</h3>
<p class="summary">${summary}</p>
<dl class="problem">
${evidence.length > 0 ? h`<dt>Seen</dt><dd>${evidence.map(seen)}</dd>` : ''}
<dt>Fix</dt><dd>${fix}</dd>
${verify.length > 0 ? h`<dt>Verify</dt><dd><pre tabindex="0">${verify.join('\n')}</pre></dd>` : ''}
<dt>Rule</dt><dd><code>${rule}</code>${refs.map(ref => h`<span class="from">${link(ref)}</span>`)}</dd>
</dl>
</section>`;

const detail = (rule: RuleOutcome, diagnosis: Diagnosis): string => {
	if (rule.outcome === 'violated') return `${diagnosis.findings.filter(one => one.rule === rule.id).length} found`;
	return 'why' in rule ? rule.why : '';
};

const STANDING = {ok: '✓ holds', violated: '✗ violated', 'not-applicable': '– does not apply', unknown: '? not known'} as const;
const CLASS = {ok: 'passed', violated: 'failed', 'not-applicable': 'skipped', unknown: 'broken'} as const;

const rulesTable = (diagnosis: Diagnosis): Html => h`<h2>All rules</h2>
<div class="scroll" tabindex="0" role="group" aria-label="All rules"><table>
<thead><tr><th>Verdict</th><th>Rule</th><th>Detail</th></tr></thead>
<tbody>${diagnosis.rules.map(
	rule => h`<tr><td class="badge ${CLASS[rule.outcome]}">${STANDING[rule.outcome]}</td>
<td><code>${rule.id}</code><br><small>${rule.title}</small></td>
<td>${detail(rule, diagnosis)}</td></tr>`,
)}</tbody>
</table></div>`;

const HOP = {ok: ['passed', '✓'], broken: ['failed', '✗'], aside: ['known', '!'], unknown: ['skipped', '?']} as const;

/** Hop by hop, as the packet goes; the first broken one is marked. */
const wayList = ({service, hops}: NonNullable<Diagnosis['way']>): Html => {
	const broken = hops.find(({state}) => state === 'broken');
	return h`<h2>The way to Service ${service}</h2>
<ol class="way">${hops.map(hop => {
		const [tone, mark] = HOP[hop.state];
		return h`<li><span class="badge ${tone}">${mark}</span> ${hop.name}${
			hop === broken ? h` <strong class="badge failed">the first broken hop</strong>` : ''
		}${hop.evidence.map(line => h`<span class="from">${line}</span>`)}</li>`;
	})}</ol>`;
};

const NOT_JUDGED = 'Rules that need evidence from the nodes were not judged: it is looked at only when asked for.';

/** The page of a diagnosis. */
export const diagnosisHtml = (diagnosis: Diagnosis): string => {
	const {findings, takenAt, server} = diagnosis;
	const rights = rightsMissing(diagnosis);
	const tone = findings.some(({severity}) => severity === 'error')
		? 'bad'
		: notKnown(diagnosis).length + findings.length > 0
			? 'open'
			: 'good';
	return htmlPage({
		title: `${findingsText(diagnosis)} (vipcheck diagnose)`,
		style: h`${raw(STYLE)}${raw(MORE_STYLE)}`,
		body: h`<header>
<p class="product">vipcheck <span>diagnose: Services of ${server}, seen ${takenAt}</span></p>
<h1 class="verdict ${tone}">${findingsText(diagnosis)}</h1>
<p class="muted">${rulesText(diagnosis)}. Nothing in the cluster was changed.${
			notLookedAt(diagnosis).length > 0 ? ` ${NOT_JUDGED}` : ''
		}</p>
${rights.length > 0 ? h`<p>Rights that would tell more: ${rights.join(', ')}.</p>` : ''}
</header>
<main>
${diagnosis.way ? wayList(diagnosis.way) : ''}
${findings.length > 0 ? h`<h2>Findings, the worst first</h2>${findings.map(finding)}` : ''}
${rulesTable(diagnosis)}
</main>`,
	});
};
