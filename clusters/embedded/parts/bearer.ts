import {fetchSmall} from './body.ts';
import type {FetchLimits} from './limits.ts';
import type {Credentials} from './request.ts';
import {TransferError} from './transfer-error.ts';

/** Tokens of real registries have up to some kilobytes. */
const TOKEN_BYTES = 2 ** 17;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * Anonymous tokens to pull from one repository, kept for each host that wants one, sent to no other
 * (https://distribution.github.io/distribution/spec/auth/token/).
 */
export const anonymousPull = (repository: string, limits: FetchLimits): Credentials => {
	const tokens = new Map<string, string>();
	return {
		headerFor: ({origin}) => tokens.get(origin),
		async obtain(url, challenge, signal) {
			const {
				realm,
				service,
				scope = `repository:${repository}:pull`,
			} = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value])) as Readonly<
				Record<string, string>
			>;
			if (!/^bearer\s/i.test(challenge) || realm === undefined || !URL.canParse(realm))
				throw new TransferError(`${url.host} wants a login (${challenge}); only anonymous pulls are made`, {passing: false});
			const from = new URL(realm);
			if (from.protocol !== 'https:' && from.protocol !== url.protocol)
				throw new TransferError(`${url} sends for a token to ${realm}, which is not https`, {passing: false});
			from.searchParams.set('scope', scope);
			if (service !== undefined) from.searchParams.set('service', service);
			const answer = await fetchSmall(from.href, TOKEN_BYTES, {signal, limits});
			const token = tokenIn(answer.toString());
			if (token === undefined) throw new TransferError(`no token in the answer from ${from}`, {passing: false});
			tokens.set(url.origin, `Bearer ${token}`);
		},
	};
};

const tokenIn = (answer: string): string | undefined => {
	try {
		const {token, access_token: accessToken} = JSON.parse(answer) as {token?: unknown; access_token?: unknown};
		return text(token) ?? text(accessToken);
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
};
