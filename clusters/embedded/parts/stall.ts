import {TransferError} from './transfer-error.ts';

/** Ends a transfer that stands still. `during` limits one wait (not the time between two waits, which is our own disk's). */
export const watchStall = (stallMs: number): {readonly signal: AbortSignal; during<T>(wait: () => Promise<T>): Promise<T>} => {
	const controller = new AbortController();
	return {
		signal: controller.signal,
		async during(wait) {
			const timer = setTimeout(
				() => controller.abort(new TransferError(`no byte for ${stallMs / 1000} s`, {passing: true})),
				stallMs,
			);
			try {
				return await wait();
			} finally {
				clearTimeout(timer);
			}
		},
	};
};
