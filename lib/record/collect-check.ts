import type {Attempt, CheckEvent, TargetRecord} from './collect.ts';
import type {Scene} from './drawn.ts';

/** What was told of twice counts as it was told last: a pod of the same name and node may have another address. */
const joined = (before: Scene | undefined, {pods = [], addresses = []}: Partial<Scene>): Scene => ({
	pods: [...(before?.pods ?? []).filter(({name}) => pods.every(one => one.name !== name)), ...pods],
	addresses: [...(before?.addresses ?? []).filter(({text}) => addresses.every(one => one.text !== text)), ...addresses],
});

/** Adds what was told of a check to the attempt that it belongs to. `isInterrupted`: it was told after the run was. */
export const addToCheck = (target: TargetRecord, event: CheckEvent, isInterrupted: boolean): void => {
	// Told of a run, which may be that of many rows: by an id that none of them has.
	if (event.type === 'check-spent') return;
	const check = target.checks.get(event.check) ?? {planned: {id: event.check, title: event.check, refs: [], budgetMs: 0}, attempts: []};
	target.checks.set(event.check, check);
	const begin = (startedAt: number): Attempt => {
		const attempt: Attempt = {startedAt, steps: [], numbers: [], grids: [], charts: [], evidence: []};
		check.attempts.push(attempt);
		return attempt;
	};
	if (event.type === 'check-started') {
		begin(event.at);
		return;
	}
	const attempt = check.attempts.at(-1) ?? begin(event.type === 'check-finished' ? event.at - event.ms : event.at);
	switch (event.type) {
		case 'check-step':
			attempt.steps.push({text: event.text, atMs: event.at - attempt.startedAt});
			break;
		case 'check-number':
			attempt.numbers.push({name: event.name, value: event.value, unit: event.unit});
			break;
		case 'check-grid':
			attempt.grids.push(event.grid);
			break;
		case 'check-chart':
			attempt.charts.push(event.chart);
			break;
		case 'check-scene':
			attempt.scene = joined(attempt.scene, event.scene);
			break;
		case 'check-evidence':
			attempt.evidence.push(event.evidence);
			break;
		case 'check-finished':
			if (event.outcome === 'broken' && isInterrupted) {
				attempt.stopped = {ms: event.ms, why: event.problem?.summary};
				break;
			}
			attempt.result = {
				outcome: event.outcome,
				ms: event.ms,
				...(event.problem && {problem: event.problem}),
				...(event.defect && {defect: event.defect}),
				...(event.said && {said: event.said}),
			};
			break;
	}
};
