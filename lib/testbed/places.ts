import type {OpenedVantage} from '../probe/open.ts';

/** Places to send from, by a key of their own, shared by all checks of a process. */
export type Places = {
	/** Opens a place the first time, and again where its prober has ended meanwhile (its node was cut off, its pod was restarted). */
	get(key: string, make: () => Promise<OpenedVantage>): Promise<OpenedVantage>;
	close(): Promise<void>;
};

export const createPlaces = (): Places => {
	const open = new Map<string, Promise<OpenedVantage>>();
	const opening = (key: string, make: () => Promise<OpenedVantage>): Promise<OpenedVantage> => {
		const made = make();
		open.set(key, made);
		// One that did not open is no answer for those who ask later.
		made.catch(() => open.get(key) === made && open.delete(key));
		return made;
	};
	return {
		async get(key, make) {
			const known = open.get(key);
			if (!known) return opening(key, make);
			const vantage = await known;
			if (!vantage.ended()) return vantage;
			// Two may have found it ended at once: the first opens it anew.
			return open.get(key) === known || !open.has(key) ? opening(key, make) : (open.get(key) as Promise<OpenedVantage>);
		},
		async close() {
			const settled = await Promise.allSettled(open.values());
			open.clear();
			await Promise.all(settled.map(async result => (result.status === 'fulfilled' ? result.value.close() : undefined)));
		},
	};
};
