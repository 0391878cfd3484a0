/**
 * As Promise.all, but waits for the end of all works also when one fails, and then throws the first failure:
 * whoever cleans up afterwards must find nobody still at work.
 */
export const settled = async <T extends readonly unknown[]>(works: readonly [...{[K in keyof T]: Promise<T[K]>}]): Promise<T> => {
	const results = await Promise.allSettled<unknown>(works as readonly Promise<unknown>[]);
	for (const result of results) if (result.status === 'rejected') throw result.reason as Error;
	return results.map(result => (result.status === 'fulfilled' ? result.value : undefined)) as unknown as T;
};
