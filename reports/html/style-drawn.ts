/** Style of what is drawn, and of the choices. */
export const DRAWN_STYLE = `
.filters {
	position: sticky;
	top: 0;
	z-index: 2;
	display: flex;
	flex-wrap: wrap;
	gap: 0.35rem 1.75rem;
	align-items: center;
	margin: 2.5rem 0 -1.25rem;
	padding: 0.55rem 0;
	background: var(--page);
	border-bottom: 1px solid var(--line);
	font-size: 0.875rem;
}
.filters fieldset { display: flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; margin: 0; padding: 0; border: 0; min-inline-size: 0; }
.filters legend { float: left; margin-right: 0.9rem; padding: 0; color: var(--muted); }
.filters label { display: inline-flex; gap: 0.3rem; align-items: center; white-space: nowrap; min-height: 1.5rem; cursor: pointer; }
.filters input { margin: 0; accent-color: var(--link); width: 1rem; height: 1rem; }
.filters select {
	font: inherit;
	color: inherit;
	background: var(--page);
	border: 1px solid var(--line);
	border-radius: 4px;
	padding: 0.1rem 0.3rem;
}
@supports not selector(:has(*)) { .filters { display: none; } }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.body[id] { scroll-margin-top: 8rem; }
.body[id]:target { outline: 0; }
.check:has(> .body:target) > summary { background: color-mix(in srgb, var(--link) 14%, transparent); }

.why { max-width: 46rem; margin-bottom: 0.5rem; color: var(--muted); } .why b { font-weight: 600; }
.shares, .timeline { margin-top: 0.9rem; }
.shares caption span, .timeline caption span { margin-left: 0.6em; font-weight: 400; }
.shares td, .shares th, .timeline td, .timeline th { padding-block: 0.15rem; }
.shares tbody th, .timeline tbody th, .timeline td:last-child, .shares td:last-child { min-width: 9rem; max-width: 24rem; }
.shares thead th { white-space: normal; overflow-wrap: break-word; min-width: 4.5rem; max-width: 12rem; vertical-align: bottom; }
.shares svg { display: block; width: 15rem; height: auto; }
.shares td, .shares th { vertical-align: middle; } .shares td:nth-last-child(2) { white-space: nowrap; }
.timeline svg { display: block; width: 22rem; height: 0.75rem; }
.timeline td:nth-child(2), .timeline .axis { padding-right: 1rem; }
.timeline .axis span + span { float: right; }
svg .band { fill: var(--band); }
svg .on { fill: var(--passed); }
svg .off { fill: var(--failed); }
svg .unseen { fill: var(--broken); }
svg .idle { fill: var(--band); }
svg .moment { stroke: var(--ink); stroke-width: 1.5; }
tr.off > td:last-child { color: var(--failed); font-weight: 600; }
.diff { margin-top: 0.25rem; max-height: 28rem; overflow: auto; white-space: pre; }
.diff b { font-weight: 650; } .diff del, .diff ins { text-decoration: none; }
.diff del { color: var(--failed); } .diff ins { color: var(--passed); }

.chain li { display: grid; grid-template-columns: 1.4rem minmax(0, 1fr); }
.chain li > span { font-weight: 700; color: var(--passed); }
.chain .broken > span, .chain .broken strong { color: var(--failed); }
.chain .aside > span { color: var(--known); }
.chain .unknown > span { color: var(--broken); }
.chain li.broken { color: var(--ink); } .chain p { font-family: var(--mono); font-size: 0.8125rem; }
.chain strong { margin-left: 0.5em; }

.drawing { display: block; max-width: min(100%, 56rem); height: auto; margin-top: 0.75rem; }
.drawing text { font-size: 12px; fill: var(--ink); } .drawing .name { font-weight: 650; font-size: 13px; }
.drawing .small { font-family: var(--mono); font-size: 10.5px; } .drawing .address { fill: var(--muted); }
.drawing .node rect { fill: var(--soft); stroke: var(--line); }
.drawing .node .pod { fill: var(--page); }
.drawing .node .pod.off { stroke: var(--failed); stroke-width: 2; }
.drawing .rules { stroke: var(--line); } .drawing .strip { fill: var(--muted); }
.drawing .hit > rect:first-child { stroke: var(--failed); stroke-width: 2; }
.drawing .hit .rules { stroke: var(--failed); }
.drawing .hit .strip { fill: var(--failed); font-weight: 700; }
.drawing .way { fill: none; stroke: var(--failed); stroke-width: 1.5; stroke-dasharray: 5 3; } .drawing .tip { fill: var(--failed); }
.ways { margin-top: 0.25rem; font-size: 0.8125rem; } .ways span { color: var(--failed); }

.trend { margin-top: 0.6rem; font-size: 0.8125rem; } .spark { vertical-align: middle; max-width: none; }
.spark path { fill: currentColor; }
details.said > summary { margin-top: 0.5rem; cursor: pointer; color: var(--link); width: max-content; }
.claims { margin-top: 0.5rem; }
.claims th:first-child { width: 30%; min-width: 12rem; }
.claims th small { display: block; }
.claims td:nth-child(2) { min-width: 7rem; }
.claims td:last-child { min-width: 18rem; }
.claims .holds b { color: var(--passed); }
.claims .wrong td:nth-child(2) b { color: var(--failed); }
.claims .partly td:nth-child(2) b { color: var(--known); }
.claims .open td:nth-child(2) b { color: var(--muted); font-weight: 400; }
.differences { width: 100%; } .differences td:last-child { min-width: 16rem; }
.differences th code, .differences td:nth-child(2), .differences td:nth-child(3) { white-space: nowrap; }

@media (max-width: 44rem) {
	.filters { position: static; }
	.body[id] { scroll-margin-top: 10rem; }
	.drawing { max-width: 52rem; }
	.differences th code, .differences td:nth-child(3) { white-space: normal; }
	.differences td:nth-child(2) { font-weight: 600; color: var(--muted); }
	.check > summary { grid-template-columns: minmax(0, 1fr) auto 0.8rem; }
	.check > summary .what { grid-row: 2; grid-column: 1 / -1; }
}
@media print {
	.filters { display: none; }
	details.said::details-content { content-visibility: visible; block-size: auto; }
	.timeline svg { width: 12rem; } .shares svg { width: 10rem; }
	.timeline, .shares, .grid { max-width: 100%; }
	.differences tbody th { min-width: 13rem; } .differences th code { white-space: normal; }
	.diff { max-height: none; white-space: pre-wrap; }
	svg { print-color-adjust: exact; }
}
`;
