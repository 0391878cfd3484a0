import type {Run} from '../../lib/events.ts';
import {duration} from '../text/duration.ts';
import {anchor} from './links.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';
import {badge} from './outcome.ts';

/** All checks against all targets, a group of rows for each suite. */
export const matrix = (run: Run): Html => {
	const rows = new Map(run.targets.flatMap(target => target.checks.map(check => [check.id, check])));
	if (rows.size === 0) return h``;
	const byTarget = run.targets.map(target => ({target, checks: new Map(target.checks.map(check => [check.id, check]))}));
	return h`<section aria-labelledby="matrix">
<h2 id="matrix">Checks and targets</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="matrix"><table class="matrix">
<thead><tr><th scope="col">Check</th>${run.targets.map(({key, spec}) => h`<th scope="col"><a href="#${encodeURI(key)}">${spec.mode}</a> <small>${spec.family}, ${spec.provider} ${spec.version}</small></th>`)}</tr></thead>
${[...Map.groupBy(rows.values(), check => check.suite).values()].map(checks => h`<tbody>
${checks.map(({id, title}) => h`<tr><th scope="row"><code title="${title}">${id}</code></th>${byTarget.map(({target, checks: found}) => {
	const check = found.get(id);
	return check
		? h`<td><a class="cell" href="#${anchor(target.key, check)}">${badge(check.outcome)}${check.ms > 0 ? h` <small>${duration(check.ms)}</small>` : ''}</a></td>`
		: h`<td class="muted">not planned</td>`;
})}</tr>`)}</tbody>`)}
</table></div>
</section>`;
};
