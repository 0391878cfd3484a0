import test from 'ava';
import {portsApart} from './ports-apart.ts';

test('no two servers are asked from one port, and one server from each of its ports in turn', t => {
	const next = portsApart();
	const of = (server: string) => Array.from({length: 3_000}, () => next(server));
	const [one, other] = [of('10.96.0.10'), of('10.244.1.2')];
	t.deepEqual(one.slice(0, 3), [11_000, 11_001, 11_002]);
	t.is(new Set(one).size, 2_300);
	t.deepEqual(new Set(one).intersection(new Set(other)), new Set());
	t.is(next('10.96.0.10'), 11_700);
});

test('a server too many is asked from any port; none is of those that the kernel or NodePorts have', t => {
	const next = portsApart();
	const ports = Array.from({length: 9}, (_, index) => Array.from({length: 2_300}, () => next(`10.244.1.${index}`)));
	t.deepEqual(
		ports.map(own => own.at(-1)),
		[13_299, 15_599, 17_899, 20_199, 22_499, 24_799, 27_099, 29_399, undefined],
	);
});
