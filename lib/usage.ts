/** The person who started vipcheck can mend it: shown as its message alone, exit code 2. */
export class UsageError extends Error {
	override name = 'UsageError';
}

/** The message of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Messages of an error and of what caused it, outermost first; repeats left out. */
export const causesOf = (thrown: unknown): string[] => {
	const messages: string[] = [];
	let error = thrown;
	while (error !== undefined && messages.length < 8) {
		const message = messageOf(error).trim();
		if (message !== '' && !messages.some(known => known.includes(message))) messages.push(message);
		error = error instanceof Error ? error.cause : undefined;
	}
	return messages;
};
