import {open, rename, rm} from 'node:fs/promises';
import {headersFor, nothing, placeOf, sayArrived} from './arrived.ts';
import {attempts} from './attempts.ts';
import {chunksOf} from './body.ts';
import type {FetchLimits} from './limits.ts';
import {request, type Credentials} from './request.ts';
import {watchStall} from './stall.ts';
import {TransferError} from './transfer-error.ts';

export type Download = {
	readonly url: string;
	/** The pinned sum, in hex. */
	readonly sha256: string;
	readonly credentials?: Credentials;
};

export type DownloadContext = {
	readonly signal: AbortSignal;
	readonly limits: FetchLimits;
	/** Called for every chunk: bytes that are there, of how many where the server says so. */
	readonly progress?: (bytes: number, total: number | undefined) => void;
};

/** Everything arrived, but it is not what was pinned. */
export class ChecksumError extends Error {
	override name = 'ChecksumError';
}

/**
 * Fetches one file; it has its name only when it is whole, on disk and has the pinned sum. Until then, and for nobody but this call, it is
 * `<path>.part`. A broken transfer goes on where it broke if the server can do that, and begins again if not.
 * Throws ChecksumError (both sums, the URL), TransferError (each attempt's reason), the signal's reason, and errors of the disk; then
 * nothing is left.
 */
export const download = async (
	{url, sha256, credentials}: Download,
	path: string,
	{signal, limits, progress}: DownloadContext,
): Promise<void> => {
	const part = `${path}.part`;
	let arrived = nothing();
	let resumable = true;

	const begin = (reason: string): TransferError => {
		resumable = false;
		return new TransferError(reason, {passing: true});
	};
	const transfer = async (): Promise<void> => {
		if (!resumable) arrived = nothing();
		const stall = watchStall(limits.stallMs);
		const both = AbortSignal.any([signal, stall.signal]);
		const response = await stall.during(async () =>
			request(url, {signal: both, redirects: limits.redirects, headers: headersFor(arrived), ...(credentials ? {credentials} : {})}),
		);
		const place = placeOf(response, arrived);
		if (!place) {
			await response.body?.cancel();
			throw begin(
				`HTTP ${response.status} (${response.headers.get('content-range') ?? 'no range'}) where ${sayArrived(arrived)} are here`,
			);
		}
		arrived = place;
		await using file = await open(part, arrived.bytes > 0 ? 'a' : 'w');
		for await (const chunk of chunksOf(response, stall, both, () => sayArrived(arrived))) {
			await file.writeFile(chunk);
			arrived.hash.update(chunk);
			arrived = {...arrived, bytes: arrived.bytes + chunk.length};
			if (arrived.bytes > limits.maximumBytes)
				throw new TransferError(`more than ${limits.maximumBytes} bytes, which no part has`, {passing: false});
			progress?.(arrived.bytes, arrived.total);
		}
		if (arrived.total !== undefined && arrived.bytes < arrived.total)
			throw new TransferError(`ended after ${sayArrived(arrived)}`, {passing: true});
		const found = arrived.hash.digest('hex');
		if (found === sha256) {
			await file.sync();
			return;
		}
		const sums = `pinned sha256:${sha256}, received sha256:${found} (${arrived.bytes} bytes)`;
		// The pieces may be of different files: only one that came whole is the server's own.
		throw arrived.pieces > 1
			? begin(`wrong checksum of ${arrived.pieces} pieces: ${sums}`)
			: new ChecksumError(`wrong checksum from ${url}: ${sums}`);
	};

	try {
		await attempts(url, transfer, limits, signal);
		await rename(part, path);
	} catch (error) {
		await rm(part, {force: true});
		throw error;
	}
};
