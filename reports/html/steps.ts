import type {StepRun} from '../../lib/record/run.ts';
import {duration} from '../text/duration.ts';
import {fileLink} from './links.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

/** As long as its share of the longest. */
const bar = (share: number): Html =>
	h`<svg viewBox="0 0 100 1" preserveAspectRatio="none" width="100%" height="8" aria-hidden="true">
<rect width="${Math.max(0.5, 100 * share).toFixed(2)}" height="1" fill="currentColor"/></svg>`;

/** How the cluster was made and taken down, each step with a bar on one time axis. A step without an end was cut off. */
export const clusterSteps = (steps: readonly StepRun[], endedAt: number): Html => {
	const longest = Math.max(1, ...steps.map(step => step.ms ?? endedAt - step.startedAt));
	return h`<table class="cluster-steps"><caption>How it came and went</caption>
<tbody>${steps.map(step => {
		const ms = step.ms ?? Math.max(0, endedAt - step.startedAt);
		return h`<tr><th scope="row">${step.log === undefined ? step.name : fileLink(step.log, step.name)}</th>
<td class="took">${duration(ms)}${step.ms === undefined ? ', cut off' : ''}</td>
<td class="bar">${bar(ms / longest)}</td></tr>
${step.error === undefined ? '' : h`<tr><td colspan="3" class="step-error verbatim">✗ ${step.error}</td></tr>`}`;
	})}</tbody></table>`;
};
