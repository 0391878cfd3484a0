/**
 * As Promise.all, but waits for the end of all works also when one fails, and then throws the first failure:
 * whoever cleans up afterwards must find nobody still at work.
 */
export const settled = async <T extends readonly unknown[]>(works: readonly [...{[K in keyof T]: Promise<T[K]>}]): Promise<T> => {
	const results = await Promise.allSettled<unknown>(works as readonly Promise<unknown>[]);
	for (const result of results) if (result.status === 'rejected') throw result.reason as Error;
	return results.map(result => (result.status === 'fulfilled' ? result.value : undefined)) as unknown as T;
};

/** As `settled`, for long works: the first failure also tells the others to stop. Each gets a signal that aborts with `signal` too. */
export const sideBySide = async <T extends readonly unknown[]>(
	signal: AbortSignal,
	works: readonly [...{[K in keyof T]: (signal: AbortSignal) => Promise<T[K]>}],
): Promise<T> => {
	const failed = new AbortController();
	const own = AbortSignal.any([signal, failed.signal]);
	const guarded = (works as readonly ((signal: AbortSignal) => Promise<unknown>)[]).map(async work => {
		try {
			return await work(own);
		} catch (error) {
			failed.abort(error);
			throw failed.signal.reason;
		}
	});
	return settled(guarded) as Promise<unknown> as Promise<T>;
};
