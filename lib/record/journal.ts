import type {EventBody} from './events.ts';
import {messageOf} from '../usage.ts';
import {openEvents} from './append.ts';

/** The run cannot be recorded any more. */
class RecordError extends Error {
	override name = 'RecordError';
}

export type Journal = {emit(event: EventBody): void; failure(): RecordError | undefined};

/**
 * Writes the parent's own events. The first that cannot be written is told, once; what follows it is dropped, so that the run can be
 * brought to its end.
 */
export const openJournal = (runDir: string, failed: (error: RecordError) => void): Journal => {
	let failure: RecordError | undefined;
	const fail = (cause: unknown): void => {
		failure = new RecordError(`the run cannot be recorded in ${runDir}: ${messageOf(cause)}`, {cause});
		failed(failure);
	};
	const append = openEvents(runDir);
	return {
		emit(event) {
			if (failure) return;
			try {
				append(event);
			} catch (cause) {
				fail(cause);
			}
		},
		failure: () => failure,
	};
};
