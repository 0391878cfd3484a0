import {closeSync, openSync, readSync} from 'node:fs';
import type {Event} from './events.ts';
import {parseEvents} from './fold.ts';
import {FOLLOW_INTERVAL_MS} from '../limits.ts';
import {eventsFile} from './append.ts';

export type Follower = {
	/** All events so far. */
	readonly events: readonly Event[];
	/** Reads what was written since the last look. */
	look(): void;
	/** A last look, then no more. */
	stop(): void;
};

const CHUNK = 64 * 1024;

/** Reads events.ndjson while several processes write to it, and hands on each whole line as an event, in the file's order. */
export const followEvents = (runDir: string, onEvent: (event: Event) => void): Follower => {
	const file = openSync(eventsFile(runDir), 'r');
	const events: Event[] = [];
	const buffer = Buffer.alloc(CHUNK);
	// Bytes, not text: a read may end in the middle of a character.
	let rest = Buffer.alloc(0);
	const look = (): void => {
		for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
			const bytes = Buffer.concat([rest, buffer.subarray(0, size)]);
			const end = bytes.lastIndexOf('\n') + 1;
			rest = bytes.subarray(end);
			const fresh = parseEvents(bytes.toString('utf8', 0, end));
			// All are kept before the first is handed on: whoever gets them may throw.
			events.push(...fresh);
			for (const event of fresh) onEvent(event);
		}
	};
	const timer = setInterval(look, FOLLOW_INTERVAL_MS);
	return {
		events,
		look,
		stop() {
			clearInterval(timer);
			look();
			closeSync(file);
		},
	};
};
