import type {RuleDiff} from '../../../lib/record/drawn.ts';
import type {Html} from '../markup.ts';
import {h} from '../markup.ts';

type Line = RuleDiff['parts'][number]['lines'][number];

const lineOf = ({sign, text}: Line): Html => {
	if (sign === '-') return h`<del>− ${text}</del>\n`;
	if (sign === '+') return h`<ins>+ ${text}</ins>\n`;
	return h`  ${text}\n`;
};

/** Rules as they should be and as they are, place by place. */
export const diffBlock = ({title, parts, more}: RuleDiff): Html => h`<h4>${title}</h4>
<pre class="diff" tabindex="0" role="group" aria-label="${title}">${parts.map(
	({where, lines}) => h`<b>${where}</b>\n${lines.map(lineOf)}`,
)}</pre>
${more > 0 && h`<p class="muted">${more} more are in the evidence.</p>`}`;
