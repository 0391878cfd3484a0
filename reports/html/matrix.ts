import type {CheckRun, Run, TargetRun} from '../../lib/record/run.ts';
import {differencesOf} from '../text/differences.ts';
import {duration} from '../text/duration.ts';
import {isLeftOut} from '../text/outcome.ts';
import {anchor} from './links.ts';
import type {Html} from './markup.ts';
import {h, headRow, joined} from './markup.ts';
import {badge} from './outcome.ts';

/** May be broken after each slash rather than within a word. */
const breakable = (id: string): Html => h`${joined(id.split('/'), h`/<wbr>`)}`;

const columnOf = ({key, spec: {mode, family, provider, version}}: TargetRun): Html =>
	h`<a href="#${encodeURI(key)}">${mode}</a> <small>${family}, ${provider} ${version}</small>`;

/** All checks against all targets, a group of rows for each suite; without those that nobody asked for on any. */
export const matrix = (run: Run): Html => {
	const rows = new Map(run.targets.flatMap(target => target.checks.map(check => [check.id, check])));
	const asked = new Set(run.targets.flatMap(target => target.checks.filter(check => !isLeftOut(check)).map(({id}) => id)));
	if (asked.size === 0) return h``;
	const shown = [...rows.values()].filter(({id}) => asked.has(id));
	const leftOut = rows.size - shown.length;
	const byTarget = run.targets.map(target => ({target, checks: new Map(target.checks.map(check => [check.id, check]))}));
	const differing = new Set(differencesOf(run).map(({check}) => check));
	const rowOf = ({id, title}: CheckRun): Html => {
		const found = byTarget.map(({target, checks}) => ({target, check: checks.get(id)}));
		const classes = [
			...new Set(found.flatMap(({check}) => (check ? [`has-${check.outcome}`] : []))),
			...(differing.has(id) ? ['differs'] : []),
		];
		return h`<tr class="${classes.join(' ')}"><th scope="row"><code>${breakable(id)}</code> <small>${title}</small></th>${found.map(
			({target, check}) =>
				check
					? h`<td><a class="cell" href="#${anchor(target.key, check)}">${badge(check.outcome)}${
							check.ms > 0 ? h` <small>${duration(check.ms)}</small>` : ''
						}</a></td>`
					: h`<td class="muted">not planned</td>`,
		)}</tr>`;
	};
	return h`<section aria-labelledby="matrix">
<h2 id="matrix">Checks and targets</h2>
<div class="scroll" tabindex="0" role="group" aria-labelledby="matrix"><table class="matrix checks">
${headRow(['Check', ...run.targets.map(columnOf)])}
${[...Map.groupBy(shown, check => check.suite)].map(([suite, checks]) => h`<tbody data-suite="${suite}">${checks.map(rowOf)}</tbody>`)}
</table></div>
${leftOut > 0 && h`<p class="muted">Without the ${leftOut} that were left out: each target lists its own at its end.</p>`}
</section>`;
};
