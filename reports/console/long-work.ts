import {join} from 'node:path';
import {QUIET_STEP_MS, STILL_AT_IT_MS} from '../../lib/limits.ts';
import {oneLine} from '../text/clean.ts';
import {duration} from '../text/duration.ts';
import type {Live, LiveStep} from './live.ts';

type Moment = {
	readonly now: number;
	/** When something was printed last. */
	readonly lastLineAt: number;
	readonly dir: string;
};

const stepLine = (step: LiveStep, {now, dir}: Moment): string => {
	const name = `… ${oneLine(step.step)}  ${step.target}`;
	if (step.toldAt === undefined) return `${name}  still running${step.log === undefined ? '' : `, its log: ${join(dir, step.log)}`}`;
	return `${name}  ${duration(now - step.startedAt)}${step.progress === '' ? ', still running' : `: ${oneLine(step.progress)}`}`;
};

/**
 * Lines about what lasts, for an output that no status line can be rewritten on: a step is told after QUIET_STEP_MS, with its log, then
 * each minute
 * with what it is at; checks are named when nothing was printed for a minute.
 */
export const longWork = (live: Live, moment: Moment): readonly string[] => {
	const {now, lastLineAt} = moment;
	const due = [...live.steps.values()].filter(({startedAt, toldAt}) =>
		toldAt === undefined ? now - startedAt >= QUIET_STEP_MS : now - toldAt >= STILL_AT_IT_MS,
	);
	const lines = due.map(step => stepLine(step, moment));
	for (const step of due) step.toldAt = now;
	const running = [...live.running.values()].map(({check}) => check);
	return lines.length === 0 && live.steps.size === 0 && running.length > 0 && now - lastLineAt >= STILL_AT_IT_MS
		? [`… ${live.done}/${live.total} checks done${live.red > 0 ? `, ${live.red} red` : ''}; still running: ${running.join(', ')}`]
		: lines;
};
