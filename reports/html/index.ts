import {raw} from 'hono/html';
import type {Run} from '../../lib/record/run.ts';
import {closingLine} from '../../lib/record/fold.ts';
import {namingLine} from '../../lib/record/naming-line.ts';
import type {Report} from '../report.ts';
import {claims} from './claims.ts';
import {differences} from './differences.ts';
import {filters, filterStyle} from './filters.ts';
import {header} from './header.ts';
import {kills} from './kills.ts';
import {history} from './history.ts';
import {h} from './markup.ts';
import {matrix} from './matrix.ts';
import {htmlPage} from './page.ts';
import {reds} from './reds.ts';
import {DRAWN_STYLE} from './style-drawn.ts';
import {STYLE} from './style.ts';
import {targetSection} from './target.ts';
import {differencesOf} from '../text/differences.ts';
import {verdictOf} from '../text/verdict.ts';

/** The page of a run; without its style it still reads. */
const htmlReport = {name: 'html', file: 'index.html', render: run => page(run)} satisfies Report;
export default htmlReport;

const OUTCOME_WORDS = 'failed: the cluster broke the contract. broken: it could not be observed. known: a listed upstream defect.';

const page = (run: Run): string => {
	const differing = new Set(differencesOf(run).map(({check}) => check));
	return htmlPage({
		title: `${verdictOf(run).text} (vipcheck ${run.id})`,
		style: h`${raw(STYLE)}${raw(DRAWN_STYLE)}${filterStyle(run)}`,
		body: h`${header(run)}
<main>
${reds(run)}
${filters(run)}
${kills(run)}
${matrix(run)}
${differences(run)}
${history(run)}
${claims(run)}
${run.targets.map(target => targetSection(target, run, differing))}
</main>
<footer>
<p>${closingLine(run)}: the closing line counts broken checks as failed and known ones as skipped.${
			namingLine(run) === undefined ? '' : ` ${namingLine(run)}.`
		}</p>
<p>${OUTCOME_WORDS} In grids <code>.</code> is as expected, <code>X</code> is not, <code>?</code> was not observed.</p>
</footer>`,
	});
};
