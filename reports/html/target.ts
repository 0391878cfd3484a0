import type {TargetRun} from '../../lib/events.ts';
import {count} from '../../lib/fold.ts';
import {countsText, isUnrun} from '../text/outcome.ts';
import {checkDetails, unrunTable} from './check.ts';
import type {Html} from './markup.ts';
import {h, joined} from './markup.ts';
import {problemTable} from './problem.ts';
import {clusterSteps} from './steps.ts';

/** One cluster: what it was, how it came to be, and its checks by suite. */
export const targetSection = (target: TargetRun, endedAt: number): Html => {
	const {key, spec, facts, reason, problem, steps, kept} = target;
	const ran = target.checks.filter(check => check.outcome !== 'skipped' && !isUnrun(check));
	const unrun = target.checks.filter(isUnrun);
	const skipped = target.checks.filter(check => check.outcome === 'skipped');
	return h`<section aria-labelledby="${key}" class="target">
<h2 id="${key}">${key}</h2>
<p class="muted">${countsText(count(target.checks))}.</p>
${problem ? h`<div class="lost"><h3>The cluster ${facts ? 'was lost' : 'could not be created'}</h3>${problemTable(problem)}</div>` : ''}
<dl class="facts">
<dt>Kubernetes</dt><dd>${facts ? `${facts.kubernetes}, kube-proxy in ${facts.mode} mode` : `${spec.version}, ${spec.mode} (asked for; the cluster was never ready)`}${facts && facts.mode !== spec.mode ? h` <strong>asked for ${spec.mode}</strong>` : ''}</dd>
${facts && h`<dt>Parts</dt><dd>${joined(Object.entries(facts.parts).map(([name, version]) => `${name} ${version}`), ', ')}</dd>`}
<dt>Provider</dt><dd>${reason || spec.provider}</dd>
${kept !== undefined && h`<dt>Kept</dt><dd class="verbatim">${kept}</dd>`}
</dl>
<div class="cluster">
${facts && h`<div class="scroll"><table class="nodes"><caption>Nodes</caption><thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Kernel</th><th scope="col">Runtime</th></tr></thead>
<tbody>${facts.nodes.map(node => h`<tr><th scope="row">${node.name}</th><td>${node.role}</td><td>${node.kernel}</td><td>${node.runtime}</td></tr>`)}</tbody></table></div>`}
${steps.length > 0 && clusterSteps(steps, endedAt)}
</div>
${[...Map.groupBy(ran, check => check.suite)].map(([suite, checks]) => h`<h3>${suite} <small>${countsText(count(checks))}</small></h3>
${checks.map(check => checkDetails(key, check))}`)}
${unrun.length > 0 && h`<h3>Not run <small>${unrun.length} broken</small></h3>${unrunTable(key, unrun)}`}
${skipped.length > 0 && h`<h3>Skipped <small>${skipped.length}</small></h3>${unrunTable(key, skipped)}`}
</section>`;
};
