import {createHash, type Hash} from 'node:crypto';

/** What has arrived of a file, and what its server said of it. */
export type Arrived = {
	readonly hash: Hash;
	readonly bytes: number;
	/** Of the whole file, where the server says so. */
	readonly total: number | undefined;
	/**
	 * A strong ETag or a date, by which the server tells whether the rest is of the same file (If-Range; RFC 9110, 13.1.5: no weak ETag).
	 */
	readonly version: string | undefined;
	/** How many answers it was put together from. */
	readonly pieces: number;
};

export const nothing = (): Arrived => ({hash: createHash('sha256'), bytes: 0, total: undefined, version: undefined, pieces: 0});

/** Headers of the request for what is missing. What is unpacked on the way could not go on at a byte. */
export const headersFor = ({bytes, version}: Arrived): Record<string, string> =>
	bytes === 0 ? {'accept-encoding': 'identity'} : {range: `bytes=${bytes}-`, ...(version === undefined ? {} : {'if-range': version})};

/** An answer of 200 is a whole file, whatever was asked for. */
const beginning = ({headers}: Response): Arrived => {
	const etag = headers.get('etag');
	const length = headers.get('content-length');
	return {
		...nothing(),
		pieces: 1,
		total: length === null || headers.has('content-encoding') ? undefined : Number(length),
		version: etag?.startsWith('"') ? etag : (headers.get('last-modified') ?? undefined),
	};
};

/** Where an answer puts us: further on, or at the beginning; undefined when it fits nowhere. */
export const placeOf = (response: Response, arrived: Arrived): Arrived | undefined => {
	if (response.status === 200) return beginning(response);
	const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
	const fits =
		response.status === 206 &&
		arrived.bytes > 0 &&
		Number(start) === arrived.bytes &&
		(arrived.total === undefined || total === '*' || Number(total) === arrived.total);
	return fits ? {...arrived, pieces: arrived.pieces + 1, total: arrived.total ?? (total === '*' ? undefined : Number(total))} : undefined;
};

/** `5 of 10 bytes`, for a message. */
export const sayArrived = ({bytes, total}: Arrived): string => `${bytes}${total === undefined ? '' : ` of ${total}`} bytes`;
