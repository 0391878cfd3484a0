import type {Run} from '../../lib/record/run.ts';
import {differencesOf, type Difference} from '../text/differences.ts';
import {shortTarget} from './links.ts';
import type {Html} from './markup.ts';
import {h, headRow, joined} from './markup.ts';

const outcomesText = (run: Run, outcomes: Difference['outcomes']): Html =>
	h`${joined(
		outcomes.map(({target, outcome}) => h`${shortTarget(run, target)}: ${outcome}`),
		h`<br>`,
	)}`;

/** Where the targets of a run differ, and whether that is by design. Nothing where they do not. */
export const differences = (run: Run): Html => {
	const all = differencesOf(run);
	if (all.length === 0) return h``;
	return h`<section aria-labelledby="differences">
<h2 id="differences">Where targets differ</h2>
<div class="scroll" tabindex="0" role="group" aria-labelledby="differences"><table class="differences">
${headRow(['Check', 'Difference', 'Outcomes', 'Why'])}
<tbody>${all.map(
		({check, kind, outcomes, why}) =>
			h`<tr><th scope="row"><code>${check}</code></th><td>${kind}</td><td>${outcomesText(run, outcomes)}</td><td>${why}</td></tr>`,
	)}</tbody>
</table></div>
</section>`;
};
