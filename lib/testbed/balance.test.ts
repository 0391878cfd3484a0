import test from 'ava';
import type {Dial} from '../probe/vantage.ts';
import {dealtAnew} from './balance.ts';

const dial = (at: number, localPort: number | undefined, backend: string): Dial =>
	({at, outcome: 'answered', backend, sourceIp: '10.0.0.1', ms: 1, ...(localPort !== undefined && {localPort})}) as Dial;
const DIALS = [dial(3, 40_000, 'a'), dial(1, 40_000, 'a'), dial(2, 40_001, 'b'), dial(4, undefined, 'b'), dial(5, undefined, 'a')];
const to = {ip: '10.96.0.1', port: 80};

test('of datagrams from one port the first was dealt out, and the others went after it', t => {
	t.deepEqual(
		dealtAnew({dials: DIALS, to: {...to, protocol: 'UDP'}}).map(({at}) => at),
		[1, 2, 4, 5],
	);
});

test('each connection of TCP is dealt out', t => {
	t.is(dealtAnew({dials: DIALS, to}).length, 5);
	t.is(dealtAnew({dials: DIALS, to: {...to, protocol: 'TCP'}}).length, 5);
});
