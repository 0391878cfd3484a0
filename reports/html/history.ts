import {trendOf, type Trend} from '../../lib/record/past-run.ts';
import type {CheckRun, Run, TargetRun} from '../../lib/record/run.ts';
import {duration} from '../text/duration.ts';
import {SYMBOL} from '../text/outcome.ts';
import {anchor} from './links.ts';
import type {Html} from './markup.ts';
import {h, headRow} from './markup.ts';

const [STEP, HEIGHT] = [8, 16];

const STEADY = 'No check came out otherwise from run to run, or takes twice as long as it did.';
const NOTICED =
	'These checks did not always come out the same, or take more than twice as long as they did; each run is a bar, this one last.';

/** A bar for each run, as high as the check took long, in the colour of its outcome. */
const sparkline = ({outcomes, ms}: Trend): Html => {
	const longest = Math.max(1, ...ms);
	const width = STEP * outcomes.length;
	const bars = outcomes.map((outcome, n) => {
		const height = Math.max(2, Math.round((HEIGHT * (ms[n] ?? 0)) / longest));
		return h`<path class="${outcome}" d="M${n * STEP} ${HEIGHT - height}h6v${height}h-6z"/>`;
	});
	return h`<svg class="spark" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" aria-hidden="true">${bars}</svg>`;
};

const told = ({outcomes, medianMs, isFlaky, isSlower}: Trend): string => {
	const reds = outcomes.filter(outcome => outcome === 'failed' || outcome === 'broken').length;
	return [
		`${outcomes.map(outcome => SYMBOL[outcome]).join('')}`,
		`red in ${reds} of ${outcomes.length} runs${isFlaky ? ': not always the same' : ''}`,
		...(medianMs === undefined ? [] : [`usually ${duration(medianMs)}${isSlower ? ', now more than twice that' : ''}`]),
	].join(', ');
};

/** How one check went in the runs before, this one last. */
export const trendLine = ({history}: Pick<Run, 'history'>, target: TargetRun, check: CheckRun): Html | undefined => {
	const trend = history && trendOf(history, target, check);
	return trend && h`<p class="trend">${sparkline(trend)} ${told(trend)}</p>`;
};

/** Checks that do not always come out the same, or take longer than they did. Nothing without a history. */
export const history = (run: Run): Html => {
	const {history: past} = run;
	if (!past) return h``;
	const noticed = run.targets.flatMap(target =>
		target.checks.flatMap(check => {
			const trend = trendOf(past, target, check);
			return trend && (trend.isFlaky || trend.isSlower) ? [{target, check, trend}] : [];
		}),
	);
	return h`<section aria-labelledby="history">
<h2 id="history">Over time</h2>
<p class="muted">${past.length} earlier ${past.length === 1 ? 'run' : 'runs'}${
		past.length > 0 && ` since ${new Date(past[0]!.at).toISOString().slice(0, 10)}`
	}. ${noticed.length === 0 ? STEADY : NOTICED}</p>
${
	noticed.length > 0 &&
	h`<div class="scroll" tabindex="0" role="group" aria-labelledby="history"><table>
${headRow(['Check', 'Mode', 'Runs', 'What'])}
<tbody>${noticed.map(
		({target: {key, spec}, check, trend}) => h`<tr><th scope="row"><a href="#${anchor(key, check)}"><code>${check.id}</code></a></th>
<td>${spec.mode}</td>
<td>${sparkline(trend)}</td>
<td>${told(trend)}</td></tr>`,
	)}</tbody>
</table></div>`
}
</section>`;
};
