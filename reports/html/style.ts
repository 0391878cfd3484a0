/** The page's style. Plain and dense; colours only repeat what symbol and word say. */
export const STYLE = `
:root {
	color-scheme: light dark;
	--page: #ffffff; --ink: #1c2127; --muted: #59636e; --line: #d5dbe1; --soft: #f5f7f9; --link: #0b5cad;
	--passed: #1a7f37; --failed: #c5221f; --broken: #7a3fc4; --known: #8a5d00; --skipped: #59636e; --band: #d3dae1;
	--mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
	:root {
		--page: #101418; --ink: #e4e8ec; --muted: #9ba6b2; --line: #2e363f; --soft: #181d23; --link: #79b8ff;
		--passed: #56c271; --failed: #ff7f78; --broken: #c39bff; --known: #e0b04a; --skipped: #9ba6b2; --band: #39434e;
	}
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
	margin: 0 auto;
	padding: 2rem 1.5rem 4rem;
	max-width: 74rem;
	background: var(--page);
	color: var(--ink);
	font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
	font-variant-numeric: tabular-nums;
	overflow-wrap: anywhere;
}
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
code, pre, .verbatim { font-family: var(--mono); font-size: 0.875em; }
small, .muted { color: var(--muted); font-size: 0.8125rem; }
h1, h2, h3, h4, p, ul, ol, dl, dd, table { margin: 0; padding: 0; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.25rem; line-height: 1.3; letter-spacing: -0.01em; }
h3 { margin: 1.75rem 0 0.5rem; font-size: 1rem; }
h3 small { font-weight: 400; margin-left: 0.4em; }
h4 { margin: 0.9rem 0 0.25rem; font-size: 0.8125rem; color: var(--muted); font-weight: 600; }
ul, ol { list-style: none; }

.product { font-weight: 650; }
.product span { margin-left: 0.5em; color: var(--muted); font-weight: 400; }
h1 {
	margin: 1.25rem 0 0.35rem;
	font-size: clamp(1.5rem, 1rem + 2.4vw, 2.1rem);
	line-height: 1.2;
	letter-spacing: -0.02em;
	text-wrap: balance;
}
.verdict.bad { color: var(--failed); } .verdict.open { color: var(--broken); } .verdict.good { color: var(--passed); }
.counts { display: flex; flex-wrap: wrap; margin: 1.25rem 0; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.counts li { flex: 1 1 6.5rem; padding: 0.5rem 0.9rem 0.6rem; box-shadow: -1px -1px 0 var(--line); }
.counts b { display: block; font-size: 1.5rem; line-height: 1.25; font-weight: 650; }
.counts .none b, .counts .none .badge { color: var(--muted); font-weight: 400; }

.badge { white-space: nowrap; font-size: 0.8125rem; font-weight: 600; }
.badge.passed, .badge.skipped { font-weight: 400; }
.symbol { display: inline-block; width: 1em; text-align: center; font-weight: 700; }
.passed { color: var(--passed); }
.failed { color: var(--failed); }
.broken { color: var(--broken); }
.known { color: var(--known); }
.skipped { color: var(--skipped); }

.facts, .problem { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1.25rem; align-items: baseline; }
.facts dt, .problem dt { color: var(--muted); }
.layer { padding: 0.05em 0.5em; border: 1px solid currentColor; border-radius: 99px; font-size: 0.8125rem; white-space: nowrap; }

.reds { border-top: 1px solid var(--line); }
.reds > li { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
.same { margin: 0; padding: 0; list-style: none; }
.same li { margin-top: 0.25rem; }
.reds a { font-weight: 600; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; text-align: left; }
th, td { padding: 0.3rem 1rem 0.3rem 0; vertical-align: baseline; }
th { font-weight: 400; }
caption { padding: 0 0 0.25rem; text-align: left; font-size: 0.8125rem; font-weight: 600; color: var(--muted); }
thead th { color: var(--muted); font-size: 0.8125rem; white-space: nowrap; }
tbody tr { border-top: 1px solid var(--line); }
.matrix { min-width: 100%; }
.matrix thead th { color: var(--ink); font-weight: 600; font-size: 0.875rem; }
.matrix thead small { display: block; font-weight: 400; white-space: nowrap; }
.matrix tbody { border-top: 1px solid var(--line); }
.matrix tbody tr { border: 0; }
.matrix tbody tr:first-child > * { padding-top: 0.45rem; }
.matrix tbody tr:last-child > * { padding-bottom: 0.45rem; }
.matrix th, .matrix td { padding-block: 0.12rem; }
.matrix tbody th code { white-space: nowrap; }
.matrix.checks tbody th { width: 100%; min-width: 20rem; max-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.matrix.checks tbody th small { margin-left: 0.6em; }
.matrix wbr { display: none; }
.matrix td { white-space: nowrap; }
.matrix th:first-child { position: sticky; left: 0; background: var(--page); }
.cell small { margin-left: 0.35em; }
.cell { color: inherit; text-decoration: none; }
.cell:hover .badge { text-decoration: underline; }

.target { margin-top: 3.5rem; border-top: 2px solid var(--ink); }
.target > h2 { margin: 0.9rem 0 0.3rem; font-size: 1.4rem; }
.target > .muted { margin-bottom: 0.9rem; font-size: inherit; }
.lost { margin: 1rem 0; padding: 0.25rem 1rem 1rem; border-left: 4px solid var(--broken); background: var(--soft); }
.lost h3 { margin-top: 0.5rem; }
.cluster {
	display: grid;
	grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
	gap: 1.25rem 2.5rem;
	margin-top: 1.25rem;
	align-items: start;
}
.cluster table { width: 100%; }
.nodes th, .nodes td { white-space: nowrap; }
.cluster-steps .took { width: 1%; white-space: nowrap; }
.cluster-steps .bar { width: 38%; padding-right: 0; color: var(--muted); vertical-align: middle; }
.bar svg { display: block; opacity: 0.55; }
.step-error { color: var(--failed); white-space: pre-wrap; }

.check { border-top: 1px solid var(--line); }
.check:last-of-type { border-bottom: 1px solid var(--line); }
.check > summary {
	display: grid;
	grid-template-columns: 5.5rem minmax(0, 1fr) auto 0.8rem;
	align-items: baseline;
	gap: 0 0.5rem;
	padding: 0.4rem 0;
	cursor: pointer;
	list-style: none;
	color: var(--ink);
}
.check > summary::after { content: "\u203A"; color: var(--muted); text-align: center; font-weight: 700; }
.check[open] > summary::after { rotate: 90deg; }
.check > summary::-webkit-details-marker { display: none; }
.check > summary:hover .title { text-decoration: underline; text-underline-offset: 0.15em; }
.what code { color: var(--muted); margin-left: 0.35em; }
.took { color: var(--muted); font-size: 0.8125rem; text-align: right; white-space: nowrap; }
.check[open] > summary .title { font-weight: 600; }
.body { margin: 0.15rem 0 1.1rem 6rem; color: var(--ink); }
.check.failed > .body, .check.broken > .body, .check.known > .body {
	margin-left: 0;
	padding: 0.7rem 1rem 0.8rem calc(6rem - 4px);
	border-left: 4px solid;
	border-color: var(--failed);
	background: var(--soft);
}
.check.broken > .body { border-color: var(--broken); } .check.known > .body { border-color: var(--known); }
.summary { margin-bottom: 0.6rem; font-weight: 600; }
.verbatim { white-space: pre-wrap; }
pre {
	margin: 0;
	padding: 0.6rem 0.8rem;
	overflow-x: auto;
	border: 1px solid var(--line);
	border-radius: 4px;
	background: var(--page);
	overflow-wrap: normal;
	line-height: 1.55;
}
.evidence li { padding: 0; }
.grid { margin-top: 0.9rem; }
.grid td, .grid tbody th, .grid thead th { padding: 0.25rem 0.75rem; border: 1px solid var(--line); }
.grid thead td { border: 0; }
.grid b { display: inline-block; width: 1em; font-family: var(--mono); font-weight: 400; white-space: pre; }
.grid td { min-width: 6.5rem; color: var(--muted); }
.grid thead th { min-width: 6.5rem; max-width: 12rem; white-space: normal; vertical-align: bottom; }
.grid tbody th { min-width: 7.5rem; }
.grid .not, .grid .not b { color: var(--failed); font-weight: 700; }
.grid .unseen, .grid .unseen b { color: var(--broken); font-weight: 700; }
.numbers { display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; }
.numbers div { display: flex; gap: 0.5em; }
.numbers dt { color: var(--muted); }
.steps li { display: grid; grid-template-columns: 5.25rem minmax(0, 1fr); }
.steps time { color: var(--muted); }
.refs { margin-top: 0.8rem; }
.left-out > summary { margin: 1.75rem 0 0.5rem; font-weight: 600; cursor: pointer; }
.left-out > summary small { margin-left: 0.4em; font-weight: 400; }
.unrun { width: 100%; }
.unrun th:first-child { width: 42%; }
.unrun th small { display: block; }
.unrun td:nth-child(2) { white-space: nowrap; }
[id] { scroll-margin-top: 5.5rem; }
:target { outline: 2px solid var(--link); outline-offset: 4px; border-radius: 2px; }
footer { margin-top: 3rem; padding-top: 0.9rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.8125rem; }
footer p + p { margin-top: 0.35rem; }

@media (max-width: 44rem) {
	body { padding: 1.25rem 1rem 3rem; }
	.facts, .problem { grid-template-columns: minmax(0, 1fr); gap: 0; }
	.facts dd, .problem dd { margin-bottom: 0.5rem; }
	.body { margin-left: 0; }
	.check.failed > .body, .check.broken > .body, .check.known > .body { padding-left: 0.8rem; }
	.what code { display: block; margin: 0; }
	[id] { scroll-margin-top: 1rem; }
	.unrun thead, .differences thead { display: none; }
	.unrun tr, .unrun th, .unrun td, .differences tr, .differences th, .differences td { display: block; padding: 0.1rem 0; }
	.unrun tr, .differences tr { padding: 0.4rem 0; }
	.unrun td:nth-child(2) { font-weight: 600; color: var(--muted); }
	.unrun th:first-child { width: auto; }
	.target > h2 { font-size: 1.15rem; }
	.reds > li { display: block; }
	.matrix thead small { white-space: normal; }
	.matrix tbody th code { display: block; width: 38vw; white-space: normal; }
	.matrix.checks tbody th { min-width: 0; max-width: none; }
	.matrix wbr { display: inline; }
	.matrix.checks tbody th small { display: none; }
	.matrix td, .matrix thead th { min-width: 6.5rem; }
	.cell small { display: none; }
}
@media print {
	:root { --page: #fff; --ink: #000; --muted: #444; --line: #bbb; --soft: #fff; --link: #000; }
	html { font-size: 10pt; }
	body { max-width: none; padding: 0; }
	a { text-decoration: none; }
	.scroll, pre { overflow: visible; }
	pre { white-space: pre-wrap; }
	h2, h3 { break-after: avoid; }
	.matrix th:first-child { position: static; background: none; }
	tr, .reds > li, summary, .problem, .grid { break-inside: avoid; }
	.grid, .grid thead th { font-size: 7.5pt; }
	.grid td, .grid tbody th, .grid thead th { min-width: 0; padding: 0.15rem 0.3rem; }
	.grid tbody th { min-width: 5.5rem; }
	.target { break-before: page; }
}
`;
