import type {CheckRun, Run} from '../../lib/record/run.ts';
import {isRed, isUnrun} from '../text/outcome.ts';
import {anchor} from './links.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';
import {badge} from './outcome.ts';

const linkTo = (target: string, check: CheckRun, text: unknown): Html =>
	h`<a href="#${anchor(target, check)}">${text}</a> <span class="muted">${target}</span>`;

const layerText = (problem: CheckRun['problem']): unknown =>
	problem?.layer && h`<p class="muted"><span class="layer">layer: ${problem.layer.name}</span> ${problem.layer.detail}</p>`;

/**
 * Each red, the failed before the broken, with its layer and the broken object where evidence names them; what never ran in one line for
 * each reason.
 */
export const reds = (run: Run): Html => {
	const found = run.targets
		.flatMap(target => target.checks.filter(check => isRed(check) && !isUnrun(check)).map(check => ({target, check})))
		.sort((a, b) => Number(a.check.outcome === 'broken') - Number(b.check.outcome === 'broken'));
	const unrun = run.targets.flatMap(target =>
		[...Map.groupBy(target.checks.filter(isUnrun), check => check.problem?.summary ?? '')].map(([why, checks]) => ({
			target,
			why,
			checks,
		})),
	);
	if (found.length + unrun.length === 0) return h``;
	return h`<section aria-labelledby="reds">
<h2 id="reds">What is red</h2>
<ol class="reds">${found.map(
		({target, check}) => h`<li>${badge(check.outcome)}<div>${linkTo(target.key, check, h`<code>${check.id}</code>`)}
<p>${check.problem?.summary ?? ''}</p>${layerText(check.problem)}</div></li>`,
	)}
${unrun.map(({target, why, checks}) => {
	const many = `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}`;
	return h`<li>${badge('broken')}<div>${linkTo(target.key, checks[0]!, many)}<p>${why}</p></div></li>`;
})}</ol>
</section>`;
};
