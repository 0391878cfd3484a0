import type {Run} from '../../lib/record/run.ts';
import {duration} from '../text/duration.ts';
import {OUTCOMES} from '../text/outcome.ts';
import type {Html} from './markup.ts';
import {h, joined} from './markup.ts';
import {badge} from './outcome.ts';
import {verdictOf} from '../text/verdict.ts';

/** The verdict in words, the counts and what was tested. */
export const header = (run: Run): Html => {
	const verdict = verdictOf(run);
	const {counts, host} = run;
	return h`<header>
<p class="product">vipcheck <span>Kubernetes Services, run ${run.id}</span></p>
<h1 class="verdict ${verdict.tone}">${verdict.text}</h1>
${verdict.more === '' ? '' : h`<p class="more">${verdict.more}</p>`}
<ul class="counts">${OUTCOMES.map(
		outcome => h`<li class="${counts[outcome] === 0 ? 'none' : outcome}"><b>${counts[outcome]}</b> ${badge(outcome)}</li>`,
	)}</ul>
<dl class="facts">
<dt>Tested</dt><dd>${joined(
		run.targets.map(target => h`<a href="#${encodeURI(target.key)}">${target.key}</a>`),
		', ',
	)}${run.targets.length === 0 ? 'nothing' : ''}</dd>
<dt>Started</dt><dd>${instant(run.startedAt)}, took ${duration(run.endedAt - run.startedAt)}</dd>
<dt>Command</dt><dd><code>${run.command.join(' ')}</code></dd>
<dt>From</dt><dd>vipcheck ${run.vipcheck} on ${hostText(host)}</dd>
</dl>
</header>`;
};

const hostText = ({os, kernel, cpus, memoryMiB, node}: Run['host']): string =>
	`${os}, kernel ${kernel}, ${cpus} CPUs, ${(memoryMiB / 1_024).toFixed(1)} GiB, Node ${node}`;

const instant = (at: number): Html => {
	const iso = new Date(at).toISOString();
	return h`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
};
