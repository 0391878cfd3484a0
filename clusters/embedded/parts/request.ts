import {redirected} from './redirect.ts';
import {TransferError, reasonOf} from './transfer-error.ts';

/** What a host may want to see before it answers. */
export type Credentials = {
	/** The Authorization header for this URL, where there is one already. */
	headerFor(url: URL): string | undefined;
	/** Gets one for the URL whose answer had this WWW-Authenticate header. Throws TransferError where that cannot be done. */
	obtain(url: URL, challenge: string, signal: AbortSignal): Promise<void>;
};

export type RequestOptions = {
	readonly signal: AbortSignal;
	/** How many redirects are followed. */
	readonly redirects: number;
	readonly method?: 'GET' | 'HEAD';
	readonly headers?: Readonly<Record<string, string>>;
	readonly credentials?: Credentials;
};

const REDIRECTS = [301, 302, 303, 307, 308];

/** Request timeout, too early, too many requests; all of 5xx are passing too. */
const PASSING = [408, 425, 429];

const send = async (url: URL, {signal, method = 'GET', headers = {}, credentials}: RequestOptions): Promise<Response> => {
	const authorization = credentials?.headerFor(url);
	try {
		return await fetch(url, {
			method,
			redirect: 'manual',
			signal,
			headers: {...headers, ...(authorization === undefined ? {} : {authorization})},
		});
	} catch (error) {
		if (error instanceof TransferError) throw error;
		signal.throwIfAborted();
		throw new TransferError(`no answer from ${url.host} (${reasonOf(error)})`, {passing: true, cause: error});
	}
};

/**
 * Node's fetch (so proxies where Node itself heeds them: NODE_USE_ENV_PROXY=1), with redirects followed, but never from https to http, and
 * credentials for each host its own. Answers a response with a 2xx status, or 416; throws TransferError for all else, and the signal's
 * reason.
 */
export const request = async (address: string, options: RequestOptions): Promise<Response> => {
	let url = new URL(address);
	const challenged = new Set<string>();
	for (let followed = 0; ;) {
		const response = await send(url, options);
		const {status} = response;
		if (response.ok || status === 416) return response;
		await response.body?.cancel();
		const challenge = response.headers.get('www-authenticate');
		if (status === 401 && challenge !== null && options.credentials && !challenged.has(url.origin)) {
			challenged.add(url.origin);
			await options.credentials.obtain(url, challenge, options.signal);
		} else if (REDIRECTS.includes(status)) {
			if (++followed > options.redirects)
				throw new TransferError(`more than ${options.redirects} redirects, at last to ${url}`, {passing: false});
			url = redirected(url, response.headers.get('location'));
		} else {
			throw new TransferError(`HTTP ${status}${response.statusText && ` ${response.statusText}`} from ${url}`, {
				passing: status >= 500 || PASSING.includes(status),
			});
		}
	}
};
