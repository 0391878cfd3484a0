import type {ExpectedAnswer} from '../dns-record.ts';
import type {Resolved, Vantage} from '../probe/vantage.ts';
import {Violation} from '../record/problem.ts';
import type {Testbed} from './testbed.ts';

/** A name as a program says it, and what the DNS servers must say of the name that is meant. */
export type Said = {readonly name: string; readonly means: ExpectedAnswer};

const wanted = ({means: {answers, type}}: Said): string =>
	answers
		.filter(record => record.type === type)
		.map(({data}) => data)
		.sort()
		.join(', ') || 'ENOTFOUND';

/** That a name has no such address: musl tells a name that has others (ENODATA) from one that does not exist, glibc does not. */
const NOTHING: readonly string[] = ['ENOTFOUND', 'ENODATA'];

const seen = (resolved: Resolved): string => {
	if ('code' in resolved) return NOTHING.includes(resolved.code) ? 'ENOTFOUND' : resolved.code;
	return [...new Set(resolved.addresses)].sort().join(', ') || 'no address';
};

/**
 * Has the own resolver of each place look up each name, as its programs do, and compares the addresses. Throws a Violation that names each
 * difference.
 */
export const resolversAgree = async (
	testbed: Pick<Testbed, 'family' | 'number' | 'grid'>,
	places: readonly Vantage[],
	names: readonly Said[],
): Promise<void> => {
	const asked = await Promise.all(
		places.map(async place =>
			Promise.all(
				names.map(async said => {
					const resolved = await place.resolve(said.name, testbed.family);
					return {said, place, text: seen(resolved), ms: resolved.ms, ok: seen(resolved) === wanted(said)};
				}),
			),
		),
	);
	testbed.number('names looked up', asked.flat().length, '');
	testbed.number('the slowest', Math.round(Math.max(...asked.flat().map(({ms}) => ms))), 'ms');
	testbed.grid({
		title: 'What resolvers make of names',
		columns: names.map(({name}) => name),
		rows: asked.map((row, index) => ({
			name: places[index]?.name ?? '',
			cells: row.map(({ok, text}) => ({mark: ok ? '.' : 'X', text})),
		})),
	});
	const wrong = asked.flat().filter(({ok}) => !ok);
	if (wrong.length === 0) return;
	throw new Violation({
		summary: `${wrong.length} of ${asked.flat().length} names are not what they must be to the resolvers of pods`,
		expected: [...new Set(wrong.map(({said}) => `${said.name}: ${wanted(said)}`))].join('\n'),
		observed: wrong
			.slice(0, 12)
			.map(({said, place, text}) => `${said.name} in ${place.name}: ${text}`)
			.join('\n'),
		reproduce: wrong.slice(0, 2).map(({said, place}) => `getent ahosts ${said.name}   # in ${place.name}`),
	});
};
