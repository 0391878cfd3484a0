import test from 'ava';
import type {Dial} from '../probe/vantage.ts';
import type {Sent} from './flows.ts';
import {answered, backendsInTurn, stretchesOf} from './stretches.ts';

const dial = (at: number, backend?: string): Dial =>
	backend === undefined ? {at, ms: 1, outcome: 'timeout', detail: ''} : {at, ms: 1, outcome: 'answered', backend, sourceIp: '10.0.0.1'};

test('what says the same one after the other is one stretch, in order of time', t => {
	const dials = [dial(0, 'a'), dial(30), dial(10, 'a'), dial(40, 'b'), dial(20)];
	t.deepEqual(stretchesOf(answered(dials), 50), [
		{from: 0, to: 20, mark: '.', text: 'answered'},
		{from: 20, to: 40, mark: 'X', text: 'timeout'},
		{from: 40, to: 50, mark: '.', text: 'answered'},
	]);
	t.deepEqual(stretchesOf([], 50), []);
});

test('a client that leaves its first backend is seen to', t => {
	const flow = {
		row: 'pod on worker-1',
		column: 'ClusterIP',
		dials: [dial(1, 'a'), dial(2, 'a'), dial(3, 'b'), dial(4)],
	} as unknown as Sent;
	t.deepEqual(backendsInTurn('title', [flow]).rows, [
		{
			name: 'pod on worker-1 → ClusterIP',
			stretches: [
				{from: 0, to: 2, mark: '.', text: 'a'},
				{from: 2, to: 3, mark: 'X', text: 'b'},
				{from: 3, to: 4, mark: 'X', text: 'timeout'},
			],
		},
	]);
});
