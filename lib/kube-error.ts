/** A call to the API server that did not succeed. `transport`: there was no answer at all, so nothing is known about the cluster. */
export class KubeError extends Error {
	override name = 'KubeError';
	readonly verb: string;
	readonly path: string;
	readonly transport: boolean;
	readonly code: number | undefined;
	readonly reason: string | undefined;

	constructor(
		call: {
			verb: string;
			path: string;
			server: string;
		},
		outcome:
			| {transport: true; cause: unknown}
			| {
					transport: false;
					code: number;
					body: string;
			  },
	) {
		super(
			outcome.transport
				? `${call.verb} ${call.path}: no answer from ${call.server}: ${faultOf(outcome.cause)}`
				: `${call.verb} ${call.path}: ${outcome.code} ${sayingOf(outcome.body)}`,
			outcome.transport ? {cause: outcome.cause} : undefined,
		);
		this.verb = call.verb;
		this.path = call.path;
		this.transport = outcome.transport;
		this.code = outcome.transport ? undefined : outcome.code;
		this.reason = outcome.transport ? undefined : statusOf(outcome.body)?.reason;
	}
}

export type ApiFault = {
	readonly line: string;
	readonly transport: boolean;
	readonly code: number | undefined;
	readonly reason: string | undefined;
};

/** Finds a failed API call in an error or its causes, as one line (verb, path, code, message); undefined if there is none. */
export const apiError = (thrown: unknown): ApiFault | undefined => {
	for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth++) {
		if (error instanceof KubeError) return {line: error.message, transport: error.transport, code: error.code, reason: error.reason};
	}
	return undefined;
};

/** The answer was "there is no such object". */
export const isNotFound = (thrown: unknown): boolean => apiError(thrown)?.code === 404;

type Status = {message?: string; reason?: string};

const statusOf = (body: string): Status | undefined => {
	try {
		const value: unknown = JSON.parse(body);
		return typeof value === 'object' && value !== null ? (value as Status) : undefined;
	} catch (error) {
		// Proxies and web hooks answer in other formats.
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
};

const sayingOf = (body: string): string => {
	const status = statusOf(body);
	return [status?.reason, status?.message].filter(Boolean).join(': ') || body.replace(/\s+/g, ' ').slice(0, 300) || 'without a message';
};

/** undici says "fetch failed"; what failed is in the cause, and for several addresses in its list. */
const faultOf = (thrown: unknown): string => {
	if (!(thrown instanceof Error)) return String(thrown);
	if (thrown.cause !== undefined && /^fetch failed$/.test(thrown.message)) return faultOf(thrown.cause);
	if (thrown instanceof AggregateError && thrown.message === '') return thrown.errors.map(faultOf).join(', ');
	const code = 'code' in thrown && typeof thrown.code === 'string' && !thrown.message.includes(thrown.code) ? ` (${thrown.code})` : '';
	// What a program of the kubeconfig has to say comes in several lines.
	return `${thrown.message.trim().replace(/\s*\n\s*/g, '; ') || thrown.name}${code}`;
};
