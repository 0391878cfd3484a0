/** How a machine is reached, as plain JSON. One file in this folder implements each kind. */
export type Access =
	/** Enter the namespaces of the process whose pid the file holds (it changes when the machine reboots). */
	| {readonly kind: 'nsenter'; readonly pidFile: string}
	/** This very machine. */
	| {readonly kind: 'local'};

export type CommandResult = {readonly argv: readonly string[]; readonly where: string; readonly exitCode: number; readonly stdout: string; readonly stderr: string; readonly ms: number};

export type RunOptions = {stdin?: string; timeoutMs?: number; signal?: AbortSignal; env?: Record<string, string>};

/** A program that stays: lines in, lines out. */
export type Conversation = {
	readonly where: string;
	readonly pid: number | undefined;
	/** Writes one line (the newline is added). Throws TransportError when the program has ended. */
	send(line: string): void;
	/** Lines of standard output; ends with the program. */
	readonly lines: AsyncIterable<string>;
	/** Settles when the program has ended; never rejects. */
	readonly ended: Promise<{exitCode: number | undefined; signal: string | undefined; stderr: string}>;
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
