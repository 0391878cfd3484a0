import {isDecided, type ClaimRun} from '../../lib/claims/judged.ts';
import type {Run} from '../../lib/record/run.ts';
import {SYMBOL} from '../text/outcome.ts';
import {claimsOf} from '../text/claims.ts';
import {anchor, refLink, shortTarget} from './links.ts';
import type {Html} from './markup.ts';
import {h, headRow, joined} from './markup.ts';

type Evidence = ClaimRun['targets'][number]['evidence'];

/** A check that several targets have is named once, with a link for each of them. */
const evidenceOf = (run: Run, evidence: Evidence): Html => {
	const link = ({target, check, outcome}: Evidence[number], text: string): Html =>
		h`<a href="#${anchor(target, {id: check})}">${SYMBOL[outcome]}\u00A0${text}</a>`;
	const links = [...Map.groupBy(evidence, ({check}) => check)].map(([check, all]) => {
		const [first, ...more] = all;
		if (first && more.length === 0) return link(first, check);
		const each = all.map(one => link(one, shortTarget(run, one.target)));
		return h`${check} ${joined(each, ' ')}`;
	});
	return h`${joined(links, ', ')}`;
};

/** Targets that say the same of it are told once. */
const saidOf = (run: Run, {targets}: ClaimRun): readonly Html[] =>
	[...Map.groupBy(targets, ({verdict, why}) => `${verdict}\n${why}`).values()].map(group => {
		const [{verdict, why} = {verdict: '', why: ''}] = group;
		const modes = [...new Set(group.flatMap(({mode}) => mode ?? []))];
		const evidence = group.flatMap(one => one.evidence);
		return h`<p>${targets.length > 1 && modes.length > 0 ? h`<b>${modes.join(', ')}</b>: ${verdict}, ` : ''}${why}${
			evidence.length > 0 && h`. <small>${evidenceOf(run, evidence)}</small>`
		}</p>`;
	});

const tone = (claim: ClaimRun): string =>
	!isDecided(claim) ? 'open' : claim.verdict === 'holds' ? 'holds' : claim.verdict === 'does not hold' ? 'wrong' : 'partly';

const row = (run: Run, claim: ClaimRun): Html =>
	h`<tr class="${tone(claim)}"><th scope="row">${claim.statement} <small><code>${claim.id}</code></small></th>
<td><b>${claim.verdict}</b></td>
<td>${saidOf(run, claim)}<p class="muted">Expected from its sources: ${claim.expected}${
		claim.refs.length > 0 && h` (${joined(claim.refs.map(refLink), ', ')})`
	}</p></td></tr>`;

const counted = (claims: readonly ClaimRun[]): string => {
	const of = (wanted: string): number => claims.filter(one => tone(one) === wanted).length;
	return [
		`${of('holds')} hold`,
		`${of('wrong')} do not hold`,
		...(of('partly') > 0 ? [`${of('partly')} depend on the mode`] : []),
		`of ${of('open')} this run says nothing`,
	].join(', ');
};

/** Statements that notes and posts repeat, with what was measured of each. Nothing in a fault run. */
export const claims = (run: Run): Html => {
	const all = claimsOf(run);
	if (all.length === 0) return h``;
	const order = ['wrong', 'partly', 'holds', 'open'];
	return h`<section aria-labelledby="claims">
<h2 id="claims">Said and measured</h2>
<p class="muted">What notes and posts say of Services, and what this run has shown of it: ${counted(all)}.</p>
<details class="said"><summary>${all.length} statements</summary>
<div class="scroll" tabindex="0" role="group" aria-labelledby="claims"><table class="claims">
${headRow(['Said', 'Verdict', 'Measured'])}
<tbody>${all.toSorted((a, b) => order.indexOf(tone(a)) - order.indexOf(tone(b))).map(claim => row(run, claim))}</tbody>
</table></div></details>
</section>`;
};
