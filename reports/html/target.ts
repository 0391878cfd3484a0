import type {CheckRun, Run, TargetRun} from '../../lib/record/run.ts';
import type {ClusterFacts} from '../../lib/record/surroundings.ts';
import {count} from '../../lib/record/fold.ts';
import {isCut} from '../../lib/record/unfinished.ts';
import {countsText, isLeftOut, isUnrun} from '../text/outcome.ts';
import {checkDetails, unrunTable} from './check.ts';
import {clusterDrawing} from './drawn/cluster.ts';
import {trendLine} from './history.ts';
import type {Html} from './markup.ts';
import {h, headRow, joined} from './markup.ts';
import {problemTable} from './problem.ts';
import {clusterSteps} from './steps.ts';

const nodeTable = (key: string, nodes: ClusterFacts['nodes']): Html => h`<div
class="scroll" tabindex="0" role="group" aria-label="Nodes of ${key}"><table class="nodes"><caption>Nodes</caption>
${headRow(['Name', 'Role', 'Kernel', 'Runtime'])}
<tbody>${nodes.map(
	({name, role, kernel, runtime}) => h`<tr><th scope="row">${name}</th><td>${role}</td><td>${kernel}</td><td>${runtime}</td></tr>`,
)}</tbody></table></div>`;

/** One cluster: what it was, how it came to be, and its checks by suite. */
export const targetSection = (
	target: TargetRun,
	{endedAt, sources, history}: Pick<Run, 'endedAt' | 'sources' | 'history'>,
	differing: ReadonlySet<string>,
): Html => {
	const {key, spec, facts, reason, problem, steps, kept} = target;
	const place = {key, facts, sources, differing, trend: (check: CheckRun) => trendLine({...(history && {history})}, target, check)};
	const ran = target.checks.filter(check => check.outcome !== 'skipped' && !isUnrun(check));
	const unrun = target.checks.filter(isUnrun);
	const cut = target.checks.filter(isCut);
	const skipped = target.checks.filter(check => check.outcome === 'skipped' && !isCut(check) && !isLeftOut(check));
	const leftOut = target.checks.filter(isLeftOut);
	return h`<section aria-labelledby="${key}" class="target" data-target="${key}">
<h2 id="${key}">${key}</h2>
<p class="muted">${countsText(count(target.checks))}.</p>
${problem ? h`<div class="lost"><h3>The cluster ${facts ? 'was lost' : 'could not be created'}</h3>${problemTable(problem)}</div>` : ''}
<dl class="facts">
<dt>Kubernetes</dt><dd>${
		facts
			? `${facts.kubernetes}, kube-proxy in ${facts.mode} mode`
			: `${spec.version}, ${spec.mode} (asked for; the cluster was never ready)`
	}${facts && facts.mode !== spec.mode ? h` <strong>asked for ${spec.mode}</strong>` : ''}</dd>
${
	facts &&
	h`<dt>Parts</dt><dd>${joined(
		Object.entries(facts.parts).map(([name, version]) => `${name} ${version}`),
		', ',
	)}</dd>`
}
<dt>Provider</dt><dd>${reason || spec.provider}</dd>
${kept !== undefined && h`<dt>Kept</dt><dd class="verbatim">${kept}</dd>`}
</dl>
${facts?.nodes.some(({ips}) => ips) && h`<h3>Cluster</h3>${clusterDrawing({facts})}`}
<div class="cluster">
${facts && nodeTable(key, facts.nodes)}
${steps.length > 0 && clusterSteps(steps, endedAt)}
</div>
${[...Map.groupBy(ran, check => check.suite)].map(
	([suite, checks]) => h`<div class="suite" data-suite="${suite}"><h3>${suite} <small>${countsText(count(checks))}</small></h3>
${checks.map(check => checkDetails(place, check))}</div>`,
)}
${unrun.length > 0 && h`<div class="suite"><h3>Not run <small>${unrun.length} broken</small></h3>${unrunTable(place, unrun)}</div>`}
${cut.length > 0 && h`<div class="suite"><h3>Interrupted <small>${cut.length}</small></h3>${unrunTable(place, cut)}</div>`}
${skipped.length > 0 && h`<div class="suite"><h3>Skipped <small>${skipped.length}</small></h3>${unrunTable(place, skipped)}</div>`}
${
	leftOut.length > 0 &&
	h`<details class="suite left-out"><summary>Left out <small>${leftOut.length}</small></summary>${unrunTable(place, leftOut)}</details>`
}
</section>`;
};
