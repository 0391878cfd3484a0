import {once} from 'node:events';
import net from 'node:net';
import test from 'ava';
import {loopback} from '../../test/loopback.ts';
import {attempt} from './prober/attempt.ts';
import {httpNames} from './prober/names.ts';
import {freshPort, leaveOut} from './prober/ports.ts';

const {echo, close} = loopback();
test.after.always(close);

type To = Parameters<typeof leaveOut>[0];
const leaveOutAllBut = (to: To, few: readonly number[], now?: number): void => {
	for (let port = 32_768; port < 60_768; port++) if (!few.includes(port)) leaveOut(to, port, now);
};

test('the kernel chooses, until nobody has answered; then never a port that nobody has answered, until nodes have forgotten it', t => {
	const to = {ip: '198.51.100.1', port: 80, protocol: 'TCP'} as const;
	t.is(freshPort(to, 0), undefined);
	leaveOutAllBut(to, [36_000, 45_000, 54_000], 0);
	const chosen = new Set(Array.from({length: 200}, () => freshPort(to, 129_000)));
	t.deepEqual([...chosen].toSorted(), [36_000, 45_000, 54_000]);
	for (const other of [{...to, ip: '198.51.100.2'}, {...to, port: 81}, {...to, protocol: 'UDP'} as const])
		t.is(freshPort(other, 129_000), undefined);
	t.is(freshPort(to, 130_000), undefined);
});

test('a port that another connection to the destination has is not used, and no failure', async t => {
	const to = {ip: '127.0.0.1', port: await echo(['web-0']), protocol: 'TCP'} as const;
	const other = net.connect({host: to.ip, port: to.port});
	await once(other, 'connect');
	const theirs = other.localPort ?? 0;
	leaveOutAllBut(to, [theirs, 60_700]);
	for (let time = 0; time < 20; time++) {
		const {first, reader} = httpNames(to);
		const {localPort, ...found} = await attempt({to, timeoutMs: 10_000, close: 'rst'}, first, reader);
		t.like(found, {outcome: 'answered'});
		t.not(localPort, theirs);
	}
	other.destroy();
});
