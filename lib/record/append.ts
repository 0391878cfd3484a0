import {openSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import type {Event, EventBody} from './events.ts';

export const eventsFile = (runDir: string): string => join(runDir, 'events.ndjson');

/**
 * Answers a function that appends events to the run's events.ndjson, with the time. Several processes append to it, so each line is one
 * write to a file opened with O_APPEND; the write is synchronous, so that a killed process loses nothing that it has reported.
 * Throws what the file system says (ENOSPC).
 */
export const openEvents = (runDir: string): ((body: EventBody) => void) => {
	const file = openSync(eventsFile(runDir), 'a');
	return body => {
		const event: Event = {at: Date.now(), ...body};
		const line = Buffer.from(`${JSON.stringify(event)}\n`);
		// A disk that is nearly full takes a part; the next write then says why.
		for (let written = 0; written < line.length;) written += writeSync(file, line, written);
	};
};
