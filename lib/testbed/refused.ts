import {apiError} from '../kube-error.ts';
import {Violation} from '../record/problem.ts';

/** Expects the API server to refuse something as invalid (422) and to say why; answers what it said. Throws a Violation if not. */
export const refusedByApi = async (what: string, why: RegExp, make: () => Promise<unknown>): Promise<string> => {
	const refused = await make().then(
		() => undefined,
		(error: unknown) => apiError(error) ?? Promise.reject(error),
	);
	if (refused?.code === 422 && why.test(refused.line)) return refused.line;
	throw new Violation({
		summary: `${what} is not refused as invalid`,
		expected: `422, ${why.source}`,
		observed: refused?.line ?? 'the API server took it',
		layer: {name: 'api', detail: refused?.line ?? `the API server took ${what}`},
		reproduce: [],
	});
};
