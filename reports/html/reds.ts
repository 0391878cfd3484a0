import type {CheckRun, Run} from '../../lib/record/run.ts';
import {isRed, isUnrun} from '../text/outcome.ts';
import {anchor} from './links.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';
import {badge} from './outcome.ts';

type Red = {readonly target: string; readonly check: CheckRun};

const linkTo = (target: string, check: CheckRun, text: unknown): Html => h`<a href="#${anchor(target, check)}">${text}</a>`;
const name = ({target, check}: Red): Html => linkTo(target, check, h`<code>${check.id}</code>`);
const where = (target: string): Html => h`<span class="muted">${target}</span>`;

const layerText = (problem: CheckRun['problem']): unknown =>
	problem?.layer && h`<p class="muted"><span class="layer">layer: ${problem.layer.name}</span> ${problem.layer.detail}</p>`;

/** Reds of one target for which the evidence names one and the same are one trouble. */
const causeOf = ({target, check: {outcome, problem}}: Red, index: number): string =>
	problem?.layer ? [outcome, target, problem.layer.name, problem.layer.detail].join('\n') : String(index);

const redItem = ([first, ...more]: readonly Red[]): Html => {
	if (!first) return h``;
	const {target, check} = first;
	if (more.length === 0)
		return h`<li>${badge(check.outcome)}<div>${name(first)} ${where(target)}
<p>${check.problem?.summary ?? ''}</p>${layerText(check.problem)}</div></li>`;
	const checks = [first, ...more].map(red => h`<li>${name(red)} ${red.check.problem?.summary ?? ''}</li>`);
	return h`<li>${badge(check.outcome)}<div>${1 + more.length} checks, one cause ${where(target)}
${layerText(check.problem)}<ul class="same">${checks}</ul></div></li>`;
};

/**
 * Each red, the failed before the broken, with its layer and the broken object where evidence names them; those that name the same
 * together, and what never ran in one line for each reason.
 */
export const reds = (run: Run): Html => {
	const found = run.targets
		.flatMap(({key, checks}) => checks.filter(check => isRed(check) && !isUnrun(check)).map((check): Red => ({target: key, check})))
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
<ol class="reds">${[...Map.groupBy(found, causeOf).values()].map(redItem)}
${unrun.map(({target, why, checks}) => {
	const many = `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}`;
	return h`<li>${badge('broken')}<div>${linkTo(target.key, checks[0]!, many)} ${where(target.key)}<p>${why}</p></div></li>`;
})}</ol>
</section>`;
};
