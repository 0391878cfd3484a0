import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import type {Dial, Vantage} from '../probe/vantage.ts';
import {TransportError} from '../shell/shell.ts';
import {dialEvery} from './dial-every.ts';

const TO = {ip: '198.19.128.1', port: 80};

test('a connection that hangs keeps no other one back, and each is counted', async t => {
	let begun = 0;
	const dial = async (): Promise<readonly Dial[]> => {
		const first = begun++ === 0;
		await pause(first ? 200 : 1);
		return [first ? {at: 0, ms: 200, outcome: 'timeout', detail: ''} : {at: 0, ms: 1, outcome: 'answered', backend: 'a', sourceIp: ''}];
	};
	const dialling = dialEvery({dial} as unknown as Vantage, TO, {everyMs: 20, timeoutMs: 200});
	await pause(150);
	await dialling.stop();
	t.is(dialling.dials.length, begun);
	t.true(begun >= 3, `${begun}`);
	t.is(dialling.dials[0]?.outcome, 'timeout');
	t.deepEqual(
		dialling.dials.map(({at}) => at),
		dialling.dials.map(({at}) => at).toSorted((a, b) => a - b),
	);
});

test('a place that cannot send is an error, not a loss', async t => {
	const dial = async (): Promise<never> => Promise.reject(new TransportError('the prober has ended'));
	const dialling = dialEvery({dial} as unknown as Vantage, TO, {everyMs: 5, timeoutMs: 10});
	await pause(30);
	await t.throwsAsync(dialling.stop(), {instanceOf: TransportError});
});
