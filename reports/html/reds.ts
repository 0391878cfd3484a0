import type {Run} from '../../lib/events.ts';
import {isRed, isUnrun} from '../text/outcome.ts';
import {anchor} from './links.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';
import {badge} from './outcome.ts';

/** Each red, the failed before the broken, with its layer and the broken object where evidence names them; what never ran in one line for each reason. */
export const reds = (run: Run): Html => {
	const found = run.targets
		.flatMap(target => target.checks.filter(check => isRed(check) && !isUnrun(check)).map(check => ({target, check})))
		.sort((a, b) => Number(a.check.outcome === 'broken') - Number(b.check.outcome === 'broken'));
	const unrun = run.targets.flatMap(target => [...Map.groupBy(target.checks.filter(isUnrun), check => check.problem?.summary ?? '')].map(([why, checks]) => ({target, why, checks})));
	if (found.length + unrun.length === 0) return h``;
	return h`<section aria-labelledby="reds">
<h2 id="reds">What is red</h2>
<ol class="reds">${found.map(({target, check}) => h`<li>${badge(check.outcome)}<div><a href="#${anchor(target.key, check)}"><code>${check.id}</code></a> <span class="muted">${target.key}</span>
<p>${check.problem?.summary ?? ''}</p>${check.problem?.layer && h`<p class="muted"><span class="layer">layer: ${check.problem.layer.name}</span> ${check.problem.layer.detail}</p>`}</div></li>`)}
${unrun.map(({target, why, checks}) => h`<li>${badge('broken')}<div><a href="#${anchor(target.key, checks[0]!)}">${checks.length} ${checks.length === 1 ? 'check' : 'checks'}</a> <span class="muted">${target.key}</span><p>${why}</p></div></li>`)}</ol>
</section>`;
};
