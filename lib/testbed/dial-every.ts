import type {Destination, Dial, Vantage} from '../probe/vantage.ts';

/** Connections that are begun one after the other, whatever becomes of those before. `at` is on the clock of performance.now(). */
export type Dialling = {
	readonly dials: readonly Dial[];
	/** Begins no more, and waits for those that are under way. Throws what kept the place from sending. */
	stop(): Promise<void>;
};

/** Begins a new connection every so many milliseconds until it is told to stop. */
export const dialEvery = (place: Vantage, to: Destination, {everyMs, timeoutMs}: {everyMs: number; timeoutMs: number}): Dialling => {
	const dials: Dial[] = [];
	const errors: unknown[] = [];
	const pending = new Set<Promise<void>>();
	const begin = (): void => {
		const at = performance.now();
		const one = place
			.dial(to, {count: 1, timeoutMs})
			.then(found => void dials.push(...found.map(dial => ({...dial, at}))))
			.catch((error: unknown) => void errors.push(error))
			.finally(() => pending.delete(one));
		pending.add(one);
	};
	const timer = setInterval(begin, everyMs);
	return {
		dials,
		async stop() {
			clearInterval(timer);
			await Promise.all(pending);
			dials.sort((one, other) => one.at - other.at);
			if (errors.length > 0) throw errors[0];
		},
	};
};
