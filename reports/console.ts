import {styleText} from 'node:util';
import type {Event} from '../lib/record/events.ts';
import {fold} from '../lib/record/fold.ts';
import {STATUS_LINE_MS} from '../lib/limits.ts';
import type {Paint} from './console/lines.ts';
import {linesOf} from './console/lines.ts';
import {emptyLive, follow, isStopped, liveKey} from './console/live.ts';
import {longWork} from './console/long-work.ts';
import {statusLine} from './console/status.ts';
import {summaryLines} from './console/summary.ts';

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

/** Worth a line even where a quiet run was asked for. */
const isBad = (event: Event): boolean => {
	if (event.type === 'check-finished') return event.outcome === 'failed' || event.outcome === 'broken';
	if (event.type === 'step-finished') return event.error !== undefined;
	return event.type === 'target-failed' || event.type === 'runner-exited' || event.type === 'interrupted';
};

/**
 * Shows a run while it happens. A terminal gets a line for each finished thing and below them one status line that is
 * rewritten; anything else gets the lines only, and one a minute about what takes long, so that no log stays silent.
 * `dir` is the run's directory as the user should see it. `quiet`: only what is red, and the end.
 */
export const createConsole = (
	out: Out,
	{
		dir,
		clock = realClock,
		quiet = false,
	}: {
		dir: string;
		clock?: Clock;
		quiet?: boolean;
	},
): Console => {
	const live = emptyLive();
	const events: Event[] = [];
	const finished = new Set<string>();
	// styleText looks at NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
	const paint: Paint = (format, text) => styleText(format, text, {stream: out as NodeJS.WriteStream});
	const clear = out.isTTY ? '\r\u001B[2K' : '';

	let lastLineAt = clock.now();
	const print = (lines: readonly string[], status: boolean): void => {
		if (lines.length > 0) lastLineAt = clock.now();
		const rest = out.isTTY && status ? paint('dim', statusLine(live, clock.now(), out.columns || 80)) : '';
		const text = `${clear}${lines.map(line => `${line}\n`).join('')}${rest}`;
		if (text !== '') out.write(text);
	};

	const stop = clock.every(STATUS_LINE_MS, () => {
		if (events.length === 0) return;
		const lines = out.isTTY || quiet ? [] : longWork(live, {now: clock.now(), lastLineAt, dir});
		print(lines, true);
	});

	return {
		event(event) {
			events.push(event);
			const lines = quiet && (!isBad(event) || isStopped(event, live)) ? [] : linesOf(event, live, paint, dir);
			follow(live, event);
			if (event.type === 'check-finished') finished.add(liveKey(event.target, event.check));
			if (lines.length > 0 || out.isTTY) print(lines, true);
		},
		end() {
			stop();
			print(
				summaryLines(fold(events), (target, check) => finished.has(liveKey(target, check)), paint, dir),
				false,
			);
		},
	};
};
