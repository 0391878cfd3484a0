import type {Run} from '../../lib/record/run.ts';
import {killsLine, killsOf, killText, type Kill, type KillMatrix} from '../text/kills.ts';
import type {Html} from './markup.ts';
import {h, headRow, joined} from './markup.ts';

const cell = (kills: readonly Kill[], wanted: (kill: Kill) => boolean, text: (kill: Kill) => string): unknown =>
	joined(
		kills.filter(wanted).map(kill => h`<code>${text(kill)}</code>`),
		h`<br>`,
	);

const COLUMNS = ['Fault', 'Layer', 'Killed', 'Killed, not as it must be', 'Survived', 'Also red', 'Not observed'];

const captionOf = (matrix: KillMatrix): string =>
	[killsLine(matrix), ...(matrix.redAnyway.length > 0 ? [`red with all faults out, too: ${matrix.redAnyway.join(', ')}`] : [])].join(
		'; ',
	);

/** Which fault was seen by which check: a row for each fault. Nothing in a run without faults. */
export const kills = (run: Run): Html => {
	const matrices = killsOf(run);
	if (matrices.length === 0) return h``;
	return h`<section aria-labelledby="kills">
<h2 id="kills">Faults and checks</h2>
${matrices.map(
	matrix => h`<div class="scroll" tabindex="0" role="group" aria-label="faults of ${matrix.target}"><table class="matrix">
<caption>${captionOf(matrix)}</caption>
${headRow(COLUMNS)}
<tbody>${[...Map.groupBy(matrix.kills, ({fault}) => fault)].map(
		([fault, pairs]) =>
			h`<tr><th scope="row"><code>${fault}</code></th><td>${pairs[0]!.layer}</td><td>${cell(
				pairs,
				({right}) => right === true,
				({check}) => check,
			)}</td><td>${cell(
				pairs,
				({right}) => right === false,
				kill => `${kill.check}: ${killText(kill)}`,
			)}</td><td>${cell(
				pairs,
				({state}) => state === 'survived',
				({check}) => check,
			)}</td><td>${cell(
				pairs,
				({state}) => state === 'also red',
				({check}) => check,
			)}</td><td>${cell(
				pairs,
				({state}) => state === 'unseen',
				kill => `${kill.check}: ${kill.why ?? ''}`,
			)}</td></tr>`,
	)}</tbody>
</table></div>`,
)}
</section>`;
};
