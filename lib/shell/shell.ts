export type CommandResult = {
	readonly argv: readonly string[];
	readonly where: string;
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly ms: number;
};

/** What a program left behind. */
export type Said = Pick<CommandResult, 'exitCode' | 'stdout' | 'stderr'>;

export type RunOptions = {
	stdin?: string | Uint8Array;
	timeoutMs?: number;
	signal?: AbortSignal;
	env?: Record<string, string>;
};

/** A program that stays: lines in, lines out. */
export type Conversation = {
	readonly where: string;
	readonly pid: number | undefined;
	/** Writes one line (the newline is added). Throws TransportError when the program has ended. */
	send(line: string): void;
	/** Lines of standard output; ends with the program. */
	readonly lines: AsyncIterable<string>;
	/** Settles when the program has ended; never rejects. */
	readonly ended: Promise<{
		exitCode: number | undefined;
		signal: string | undefined;
		stderr: string;
	}>;
	/** Ends the program and waits for it. */
	close(): Promise<void>;
};

/**
 * Runs programs somewhere: a node, a pod, a host beside the cluster. Arguments are arrays, never a shell line.
 * A non-zero exit is a result; failing to run at all (or running into timeoutMs) throws TransportError.
 */
export type Shell = {
	readonly where: string;
	run(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
	converse(argv: readonly string[], options?: {env?: Record<string, string>; signal?: AbortSignal}): Conversation;
};

/** We could not look: the outcome is 'broken', not 'failed'. */
export class TransportError extends Error {
	override name = 'TransportError';
}
