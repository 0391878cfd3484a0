/** Time was up before the work had come to its end. */
export class Overdue extends Error {
	override name = 'Overdue';
}

export type Deadline = {
	readonly ms: number;
	/** The time runs from this signal on; left out: from now on. */
	readonly after?: AbortSignal;
	/** What is thrown; left out: an Overdue that names the time. */
	readonly late?: () => unknown;
};

/** Waits for work until its time is up, and throws then. The work itself is not ended by that: it may go on, nobody waits for it. */
export const deadline = async <T>(work: Promise<T>, {ms, after, late}: Deadline): Promise<T> => {
	const {promise: over, reject} = Promise.withResolvers<never>();
	let timer: NodeJS.Timeout | undefined;
	const end = (): void => reject(late ? late() : new Overdue(`not done within ${ms / 1000} s`));
	const start = (): void => {
		// Nothing to wait for: whoever is told by the same signal must not come first by chance.
		if (ms === 0) end();
		else timer = setTimeout(end, ms);
	};
	if (!after || after.aborted) start();
	else after.addEventListener('abort', start, {once: true});
	try {
		return await Promise.race([work, over]);
	} finally {
		clearTimeout(timer);
		after?.removeEventListener('abort', start);
	}
};
