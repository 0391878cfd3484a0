import test from 'ava';
import type {OpenedVantage} from '../probe/open.ts';
import {createPlaces} from './places.ts';

const opener = () => {
	const opened: {dead: boolean; closed: boolean}[] = [];
	const make = async (): Promise<OpenedVantage> => {
		const one = {dead: false, closed: false};
		opened.push(one);
		return {
			name: String(opened.length),
			ended: () => one.dead,
			close: () => Promise.resolve(void (one.closed = true)),
		} as unknown as OpenedVantage;
	};
	return {opened, make};
};

test('a place is opened once for all who ask', async t => {
	const {make, opened} = opener();
	const places = createPlaces();
	const got = await Promise.all([places.get('a', make), places.get('a', make), places.get('b', make)]);
	t.deepEqual(
		got.map(({name}) => name),
		['1', '1', '2'],
	);
	await places.close();
	t.true(opened.every(({closed}) => closed));
});

test('one whose prober has ended is opened anew, once', async t => {
	const {make, opened} = opener();
	const places = createPlaces();
	await places.get('a', make);
	opened[0]!.dead = true;
	const again = await Promise.all([places.get('a', make), places.get('a', make)]);
	t.deepEqual(
		again.map(({name}) => name),
		['2', '2'],
	);
});

test('one that did not open is tried again by who asks later', async t => {
	const {make} = opener();
	const places = createPlaces();
	await t.throwsAsync(
		places.get('a', () => Promise.reject(new Error('no client pod'))),
		{message: 'no client pod'},
	);
	t.is((await places.get('a', make)).name, '1');
});
