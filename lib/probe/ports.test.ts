import test from 'ava';
import {freshPort, leaveOut} from './prober/ports.ts';

const to = {ip: '198.51.100.1', port: 80, protocol: 'TCP'} as const;

test('the kernel chooses, until nobody has answered; then never a port that nobody has answered, until nodes have forgotten it', t => {
	t.is(freshPort(to, 0), undefined);
	for (let port = 32_768; port < 60_768; port++) if (port % 9000 !== 0) leaveOut(to, port, 0);
	const chosen = new Set(Array.from({length: 200}, () => freshPort(to, 129_000)));
	t.deepEqual([...chosen].toSorted(), [36_000, 45_000, 54_000]);
	for (const other of [{...to, ip: '198.51.100.2'}, {...to, port: 81}, {...to, protocol: 'UDP'} as const])
		t.is(freshPort(other, 129_000), undefined);
	t.is(freshPort(to, 130_000), undefined);
});
