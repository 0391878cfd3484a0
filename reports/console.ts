import {styleText} from 'node:util';
import type {Event} from '../lib/events.ts';
import {fold} from '../lib/fold.ts';
import {QUIET_STEP_MS, STATUS_LINE_MS} from '../lib/limits.ts';
import type {Paint} from './console/lines.ts';
import {linesOf} from './console/lines.ts';
import {emptyLive, follow, liveKey} from './console/live.ts';
import {statusLine} from './console/status.ts';
import {summaryLines} from './console/summary.ts';
import {oneLine} from './text/clean.ts';
import {join} from 'node:path';

/** Where the console writes: process.stdout, or what a test puts in its place. */
export type Out = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;

/** Time as the console sees it. `every` returns the function that stops it. */
export type Clock = {now(): number; every(ms: number, work: () => void): () => void};

export type Console = {event(event: Event): void; /** Prints the summary, the closing line last. */ end(): void};

const realClock: Clock = {
	now: Date.now,
	every(ms, work) {
		const timer = setInterval(work, ms).unref();
		return () => clearInterval(timer);
	},
};

/**
 * Shows a run while it happens. A terminal gets a line for each finished thing and below them one status line that is
 * rewritten; anything else gets the lines only, and one more for a step that takes long, so that no log stays silent.
 * `dir` is the run's directory as the user should see it.
 */
export const createConsole = (out: Out, {dir, clock = realClock}: {dir: string; clock?: Clock}): Console => {
	const live = emptyLive();
	const events: Event[] = [];
	const finished = new Set<string>();
	// styleText looks at NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
	const paint: Paint = (format, text) => styleText(format, text, {stream: out as NodeJS.WriteStream});
	const clear = out.isTTY ? '\r\u001B[2K' : '';

	const print = (lines: readonly string[], status: boolean): void => {
		const rest = out.isTTY && status ? paint('dim', statusLine(live, clock.now(), out.columns || 80)) : '';
		const text = `${clear}${lines.map(line => `${line}\n`).join('')}${rest}`;
		if (text !== '') out.write(text);
	};

	const stop = clock.every(STATUS_LINE_MS, () => {
		if (events.length === 0) return;
		print(out.isTTY ? [] : longSteps(), true);
	});

	const longSteps = (): string[] => [...live.steps.values()].flatMap(step => {
		if (step.announced || clock.now() - step.startedAt < QUIET_STEP_MS) return [];
		step.announced = true;
		return [`… ${oneLine(step.step)}  ${step.target}  still running${step.log === undefined ? '' : `, its log: ${join(dir, step.log)}`}`];
	});

	return {
		event(event) {
			events.push(event);
			const lines = linesOf(event, live, paint, dir);
			follow(live, event);
			if (event.type === 'check-finished') finished.add(liveKey(event.target, event.check));
			if (lines.length > 0 || out.isTTY) print(lines, true);
		},
		end() {
			stop();
			print(summaryLines(fold(events), (target, check) => finished.has(liveKey(target, check)), paint, dir), false);
		},
	};
};
