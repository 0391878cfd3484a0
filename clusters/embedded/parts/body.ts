import {attempts} from './attempts.ts';
import type {FetchLimits} from './limits.ts';
import {request, type RequestOptions} from './request.ts';
import {watchStall} from './stall.ts';
import {TransferError, reasonOf} from './transfer-error.ts';

/** The chunks of an answer. Throws TransferError when it breaks (`where` says how far it came) or stands still, and the signal's reason. */
export async function* chunksOf(
	response: Response,
	stall: ReturnType<typeof watchStall>,
	signal: AbortSignal,
	where: () => string,
): AsyncGenerator<Uint8Array> {
	const reader = response.body?.getReader();
	const read = async (): Promise<Uint8Array | undefined> => {
		try {
			return await stall.during(async () => (await reader?.read())?.value);
		} catch (error) {
			signal.throwIfAborted();
			throw new TransferError(`cut after ${where()} (${reasonOf(error)})`, {passing: true, cause: error});
		}
	};
	try {
		for (let chunk = await read(); chunk !== undefined; chunk = await read()) yield chunk;
	} finally {
		// A stream that broke cannot be cancelled any more, and has told why already.
		await reader?.cancel().catch(() => undefined);
	}
}

/** Fetches a small answer whole. Throws TransferError with the reasons of all attempts, also when it has more than `mostBytes`. */
export const fetchSmall = async (
	url: string,
	mostBytes: number,
	{signal, limits, ...options}: Omit<RequestOptions, 'redirects'> & {limits: FetchLimits},
): Promise<Buffer> =>
	attempts(
		url,
		async () => {
			const stall = watchStall(limits.stallMs);
			const both = AbortSignal.any([signal, stall.signal]);
			const response = await stall.during(async () => request(url, {...options, signal: both, redirects: limits.redirects}));
			const chunks: Uint8Array[] = [];
			let bytes = 0;
			for await (const chunk of chunksOf(response, stall, both, () => `${bytes} bytes`)) {
				chunks.push(chunk);
				bytes += chunk.length;
				if (bytes > mostBytes) throw new TransferError(`more than ${mostBytes} bytes from ${url}`, {passing: false});
			}
			return Buffer.concat(chunks);
		},
		limits,
		signal,
	);
