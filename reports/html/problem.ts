import type {Evidence, Problem} from '../../lib/record/events.ts';
import {fileLink} from './links.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

/** Why something is red: the same rows in the same order as on the console. */
export const problemTable = (problem: Problem, evidence: readonly Evidence[] = []): Html => h`<p class="summary">${problem.summary}</p>
<dl class="problem">
${problem.expected && h`<dt>Expected</dt><dd class="verbatim">${problem.expected}</dd>`}
${problem.observed && h`<dt>Observed</dt><dd class="verbatim">${problem.observed}</dd>`}
${problem.layer && h`<dt>Layer</dt><dd><span class="layer">${problem.layer.name}</span> ${problem.layer.detail}</dd>`}
${problem.suspected?.length ? h`<dt>Suspected</dt><dd class="verbatim">${problem.suspected.join('\n')}</dd>` : ''}
${problem.machine && h`<dt>Machine</dt><dd>${problem.machine}</dd>`}
${problem.nodes?.length ? h`<dt>Nodes</dt><dd>${problem.nodes.join(', ')}</dd>` : ''}
${problem.reproduce.length > 0 && h`<dt>Reproduce</dt><dd><pre tabindex="0">${problem.reproduce.join('\n')}</pre></dd>`}
${evidence.length > 0 && h`<dt>Evidence</dt><dd>${evidenceList(evidence)}</dd>`}
</dl>`;

/** Links to the files beside the page. */
export const evidenceList = (evidence: readonly Evidence[]): Html =>
	h`<ul class="evidence">${evidence.map(({name, path}) => h`<li>${fileLink(path, name)} <span class="muted">${path}</span></li>`)}</ul>`;
