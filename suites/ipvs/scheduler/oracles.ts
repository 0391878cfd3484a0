import type {Oracle} from './scheduler-check.ts';

const counts = (backends: readonly string[], endpoints: readonly string[]): readonly number[] =>
	endpoints.map(name => backends.filter(backend => backend === name).length);

const strangers = (backends: readonly string[], endpoints: readonly string[]): string | undefined => {
	const other = backends.filter(backend => !endpoints.includes(backend));
	return other.length === 0
		? undefined
		: `${other.length} of ${backends.length} were not answered by an endpoint, the first: ${other[0]}`;
};

/** In turn: in every row of as many connections as endpoints, each once. */
export const inTurn: Oracle = (backends, endpoints) => {
	const odd = strangers(backends, endpoints);
	if (odd !== undefined) return odd;
	const broken = backends.findIndex(
		(_, index) =>
			index + endpoints.length <= backends.length && new Set(backends.slice(index, index + endpoints.length)).size < endpoints.length,
	);
	return broken < 0
		? undefined
		: `connections ${broken + 1} to ${broken + endpoints.length} are not one for each endpoint: ` +
				`${backends.slice(broken, broken + endpoints.length).join(', ')}`;
};

/** The one that has had the fewest: none gets ahead of another by more than one. */
export const fewest: Oracle = (backends, endpoints) => {
	const odd = strangers(backends, endpoints);
	if (odd !== undefined) return odd;
	const ahead = backends.findIndex((_, index) => {
		const so = counts(backends.slice(0, index + 1), endpoints);
		return Math.max(...so) - Math.min(...so) > 1;
	});
	return ahead < 0 ? undefined : `after ${ahead + 1} connections they have ${counts(backends.slice(0, ahead + 1), endpoints).join(', ')}`;
};

/** All to one. */
export const one: Oracle = (backends, endpoints) =>
	strangers(backends, endpoints) ?? (new Set(backends).size === 1 ? undefined : `dealt out as ${counts(backends, endpoints).join(', ')}`);

/** By chance, as a hash of addresses and ports is: every endpoint gets some, and they are not dealt out in turn. */
export const hashed: Oracle = (backends, endpoints) =>
	strangers(backends, endpoints) ??
	(counts(backends, endpoints).some(count => count === 0)
		? `dealt out as ${counts(backends, endpoints).join(', ')}`
		: inTurn(backends, endpoints) === undefined
			? 'dealt out in turn'
			: undefined);
