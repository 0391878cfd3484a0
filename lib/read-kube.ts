import type {RequestContext} from '@kubernetes/client-node';
import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {KubeError} from './kube-error.ts';
import {loadKubeconfig} from './kube.ts';
import {API_TIMEOUT_MS, THROTTLED_PAUSE_MS} from './limits.ts';
import {refuseWrites, REVIEW_PATH} from './read-only.ts';
import {messageOf, UsageError} from './usage.ts';

/** What somebody may do, as SelfSubjectAccessReview asks it. */
export type Right = {
	readonly verb: string;
	readonly group?: string;
	readonly resource: string;
	readonly subresource?: string;
	readonly namespace?: string;
};

/**
 * A client of the API server that cannot change anything: it can GET, LIST and ask what it may do, and refuses all else below every caller
 * (`refuseWrites`). At most `IN_FLIGHT` requests are under way at once. A call that does not succeed throws KubeError; its time limit is
 * API_TIMEOUT_MS, or the signal's.
 */
export type ReadKube = {
	readonly server: string;
	/** The context's own namespace; `default` where it has none. */
	readonly namespace: string;
	/** Body of a path with a query, as text. */
	text(path: string, query?: Readonly<Record<string, string>>): Promise<string>;
	/** The same, as JSON. */
	get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
	/** Whether the server lets us do this. */
	may(right: Right): Promise<boolean>;
	/** The same client, whose calls also end with this signal. */
	bound(signal: AbortSignal): ReadKube;
};

/** A production API server must not feel it: kubectl's own limit is 50 a second, ours is by what is under way. */
const IN_FLIGHT = 5;

/** 429 and 503 with Retry-After: so often is it asked again. */
const ATTEMPTS = 4;

type Answer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
};

/** Lets `places` calls go at once, the others in the order in which they came. */
const turnstile = (places: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
	const waiting: (() => void)[] = [];
	let free = places;
	return async work => {
		if (free > 0) free--;
		else await new Promise<void>(resolve => waiting.push(resolve));
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else free++;
		}
	};
};

/** A program of the kubeconfig gives the credentials, perhaps: it may fail, ask a person, or hang, and ends with the signal for us. */
const credentials = async (given: Promise<void>, signal: AbortSignal): Promise<void> => {
	const over = new Promise<never>((_, reject) => {
		const end = (): void =>
			reject(new Error('the program that gives its credentials has not answered in time', {cause: signal.reason}));
		if (signal.aborted) end();
		else signal.addEventListener('abort', end, {once: true});
	});
	try {
		await Promise.race([given, over]);
	} catch (cause) {
		throw new Error(`the kubeconfig cannot be used: ${messageOf(cause)}`, {cause});
	}
};

/** A certificate that is over cannot be told from a refusal by what the server says, so it is looked at here. */
const refuseExpired = (path: string, user: {readonly certData?: string; readonly certFile?: string} | null): void => {
	const pem = user?.certData
		? Buffer.from(user.certData, 'base64')
		: user?.certFile !== undefined && user.certFile !== ''
			? readFileSync(user.certFile)
			: undefined;
	if (!pem) return;
	const {validTo} = new X509Certificate(pem);
	if (Date.parse(validTo) < Date.now())
		throw new UsageError(`the kubeconfig ${path} cannot be used: its client certificate expired on ${validTo}`);
};

/**
 * Reads a kubeconfig file, or where none is given what kubectl would take, and answers a read-only client for one of its contexts. No call
 * is made yet. Throws UsageError when the file cannot be read, has no such context, or its client certificate has expired.
 */
export const connectReadOnly = async (kubeconfig: string, context?: string): Promise<ReadKube> => {
	const client = await import('@kubernetes/client-node');

	/** client-node makes a new connection pool for every call; the first one is kept here. */
	class OnePool extends client.KubeConfig {
		#dispatcher: ReturnType<RequestContext['getDispatcher']>;
		override async applySecurityAuthentication(request: RequestContext): Promise<void> {
			await super.applySecurityAuthentication(request);
			this.#dispatcher ??= request.getDispatcher();
			if (this.#dispatcher) request.setDispatcher(this.#dispatcher);
		}
	}

	const config = new OnePool();
	const server = loadKubeconfig(config, kubeconfig, context).replace(/\/$/, '');
	refuseExpired(kubeconfig, config.getCurrentUser());
	const fetching = new client.IsomorphicFetchHttpLibrary();
	const inTurn = turnstile(IN_FLIGHT);

	const once = async (
		verb: 'GET' | 'POST',
		path: string,
		url: string,
		body: string | undefined,
		signal?: AbortSignal,
	): Promise<Answer> => {
		const limit = AbortSignal.timeout(API_TIMEOUT_MS);
		const request = new client.RequestContext(url, verb as never);
		request.setHeaderParam('Accept', 'application/json, */*');
		if (body !== undefined) {
			request.setHeaderParam('Content-Type', 'application/json');
			request.setBody(body);
		}
		const ending = signal ? AbortSignal.any([signal, limit]) : limit;
		try {
			await credentials(config.applySecurityAuthentication(request), ending);
		} catch (cause) {
			throw new KubeError({verb, path, server}, {transport: true, cause});
		}
		request.setSignal(ending);
		try {
			const response = await fetching.send(request).toPromise();
			return {status: response.httpStatusCode, headers: response.headers, text: await response.body.text()};
		} catch (cause) {
			const over = signal?.aborted ? new Error('the time for looking is over', {cause}) : undefined;
			const late = limit.aborted ? new Error(`nothing within ${API_TIMEOUT_MS / 1000} s`, {cause}) : undefined;
			throw new KubeError({verb, path, server}, {transport: true, cause: over ?? late ?? cause});
		}
	};

	const build = (signal: AbortSignal | undefined): ReadKube => {
		const call = async (
			verb: 'GET' | 'POST',
			path: string,
			query: Readonly<Record<string, string>> = {},
			body?: string,
		): Promise<string> => {
			const url = new URL(`${server}${path}`);
			for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
			refuseWrites(verb, url.pathname.slice(new URL(server).pathname.replace(/\/$/, '').length));
			for (let attempt = 1; ; attempt++) {
				const {status, headers, text} = await inTurn(async () => once(verb, path, url.href, body, signal));
				if (status < 300) return text;
				const throttled = status === 429 || (status === 503 && headers['retry-after'] !== undefined);
				if (!throttled || attempt === ATTEMPTS)
					throw new KubeError({verb, path, server}, {transport: false, code: status, body: text});
				const asked = Number(headers['retry-after'] ?? 1) * 1000;
				try {
					await pause(Math.min(Number.isFinite(asked) ? asked : 1000, THROTTLED_PAUSE_MS), undefined, signal ? {signal} : {});
				} catch {
					// The time for looking is over; what it said last is why.
					throw new KubeError({verb, path, server}, {transport: false, code: status, body: text});
				}
			}
		};
		const json = (path: string, text: string): unknown => {
			try {
				return JSON.parse(text);
			} catch (cause) {
				const what = `what answers is no API server: ${messageOf(cause)}`;
				throw new KubeError({verb: 'GET', path, server}, {transport: true, cause: new Error(what, {cause})});
			}
		};
		return {
			server,
			namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
			text: async (path, query) => call('GET', path, query),
			get: async (path, query) => json(path, await call('GET', path, query)),
			async may(right) {
				const review = {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {resourceAttributes: right}};
				const answer = json(REVIEW_PATH, await call('POST', REVIEW_PATH, {}, JSON.stringify(review)));
				return (answer as {status?: {allowed?: boolean}}).status?.allowed === true;
			},
			bound: build,
		};
	};
	return build(undefined);
};
