/** A request failed. `passing`: the same request may work in a moment (a broken line, a busy server); else asking again is of no use. */
export class TransferError extends Error {
	override name = 'TransferError';
	readonly passing: boolean;
	constructor(message: string, {passing, ...options}: {passing: boolean; cause?: unknown}) {
		super(message, options);
		this.passing = passing;
	}
}

/** The innermost message: fetch itself says no more than "fetch failed" or "terminated". */
export const reasonOf = (error: unknown): string => {
	if (!(error instanceof Error)) return String(error);
	// Of several addresses tried, Node keeps the errors in a list and says nothing itself.
	const own = error.message || (error instanceof AggregateError ? error.errors.map(reasonOf).join(', ') : '');
	return (error.cause === undefined ? '' : reasonOf(error.cause)) || own;
};
