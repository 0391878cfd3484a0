import {raw} from 'hono/html';
import type {Run} from '../../lib/events.ts';
import {closingLine} from '../../lib/fold.ts';
import {namingLine} from '../../lib/naming-line.ts';
import type {Report} from '../report.ts';
import {header} from './header.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';
import {matrix} from './matrix.ts';
import {reds} from './reds.ts';
import {STYLE} from './style.ts';
import {targetSection} from './target.ts';
import {verdictOf} from '../text/verdict.ts';

/** One page that needs nothing but itself: no script, no network; without its style it still reads. */
const htmlReport: Report = {name: 'html', file: 'index.html', render: run => page(run).toString()};
export default htmlReport;

// The policy makes sure that no text from a cluster can ever run or load anything.
const page = (run: Run): Html => h`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${verdictOf(run).text} (vipcheck ${run.id})</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${header(run)}
<main>
${reds(run)}
${matrix(run)}
${run.targets.map(target => targetSection(target, run.endedAt))}
</main>
<footer>
<p>${closingLine(run)}: the closing line counts broken checks as failed and known ones as skipped.${namingLine(run) === undefined ? '' : ` ${namingLine(run)}.`}</p>
<p>failed: the cluster broke the contract. broken: it could not be observed. known: a listed upstream defect. In grids <code>.</code> is as expected, <code>X</code> is not, <code>?</code> was not observed.</p>
</footer>
</body>
</html>
`;
