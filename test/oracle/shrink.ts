import type {Case} from './case.ts';

type Path = readonly (string | number)[];

/** All places in a value, those near its root first. */
const placesIn = (value: unknown, path: Path = []): readonly Path[] => {
	if (typeof value !== 'object' || value === null) return [];
	const below = Object.keys(value).map(key => (Array.isArray(value) ? Number(key) : key));
	return [
		...below.map(key => [...path, key]),
		...below.flatMap(key => placesIn((value as Record<string, unknown>)[key], [...path, key])),
	].toSorted((a, b) => a.length - b.length);
};

const without = (value: unknown, [key, ...rest]: Path): unknown => {
	if (key === undefined) return value;
	if (Array.isArray(value))
		return rest.length === 0
			? value.filter((_, index) => index !== key)
			: value.map((each, index) => (index === key ? without(each, rest) : each));
	const entries = Object.entries(value as object);
	return Object.fromEntries(
		rest.length === 0
			? entries.filter(([name]) => name !== key)
			: entries.map(([name, each]) => [name, name === key ? without(each, rest) : each]),
	);
};

/** What of a case may be missing piece by piece. */
const PARTS = ['services', 'slices', 'serviceCIDRs'] as const;

/**
 * A smaller case that still fails: Services, slices, endpoints and fields are left out, the large ones first, as long as that is so.
 * `fails` must say no for a case that cannot be (one that the API server refuses).
 */
export const shrink = async (whole: Case, fails: (one: Case) => Promise<boolean>): Promise<Case> => {
	let smallest = whole;
	for (let before: Case | undefined; before !== smallest;) {
		before = smallest;
		for (const part of PARTS) {
			for (let index = 0; ;) {
				const places = placesIn(smallest[part]);
				const place = places[index];
				if (!place) break;
				const smaller = {...smallest, [part]: without(smallest[part], place)};
				if (await fails(smaller).catch(() => false)) smallest = smaller;
				else index++;
			}
		}
	}

	return smallest;
};
