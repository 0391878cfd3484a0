import test from 'ava';
import {Violation} from '../record/problem.ts';
import {answering, type ArpSeen} from './arp-watch.ts';
import {answerers, longest, silence, mustHaveClaimed, type Recording} from './recording.ts';
import type {TestNode} from './testbed.ts';
import {stretchesOf} from './stretches.ts';

const IP = '198.19.128.1';
const every = (mac: string, from: number, to: number): readonly ArpSeen[] =>
	Array.from({length: (to - from) / 100}, (_, index) => ({at: from + index * 100, kind: 'answer', mac, ip: IP}));
const claim = (mac: string, at: number): ArpSeen => ({at, kind: 'claim', mac, ip: IP});
const recording = (...arp: readonly ArpSeen[]): Recording => ({
	ip: IP,
	from: 0,
	watch: {
		seen: arp.toSorted((a, b) => a.at - b.at),
		owners: new Map(
			[
				['aa', 'worker-1'],
				['bb', 'worker-2'],
			].map(([mac = '', name]) => [mac, {name} as TestNode]),
		),
	},
	dials: [],
	moments: [],
	moment: () => 0,
	close: async () => Promise.resolve(),
	client: async () => Promise.resolve('worker-1'),
});

test('who answers is told in stretches: one, nobody, two', t => {
	const seen = recording(...every('aa', 0, 1000), ...every('bb', 2000, 4000), ...every('aa', 3000, 4000));
	const stretches = stretchesOf(answerers(seen, 0, 4000), 4000);
	t.deepEqual(
		stretches.map(({from, to, mark, text}) => `${from}-${to} ${mark} ${text}`),
		['0-1000 . worker-1', '1000-2000 X nobody', '2000-3000 . worker-2', '3000-4000 X worker-1 and worker-2'],
	);
	t.is(
		longest(stretches, ({text}) => text === 'nobody'),
		1000,
	);
	t.is(
		longest(stretches, ({text}) => text === 'worker-3'),
		0,
	);
	t.is(silence(seen, 0, 4000), 1100);
	t.is(silence(seen, 0, 500), 100);
	t.is(silence(recording(), 0, 4000), 4000);
});

test('who takes over has to claim', t => {
	const answers = [...every('aa', 0, 1000), ...every('bb', 2000, 4000)];
	t.notThrows(() => mustHaveClaimed(recording(...answers, claim('bb', 1990)), 0, 4000));
	t.notThrows(() => mustHaveClaimed(recording(...answers), 0, 1500));
	for (const other of [[], [claim('aa', 1990)], [claim('bb', 100)], [claim('bb', 9000)]]) {
		const {problem} = t.throws(() => mustHaveClaimed(recording(...answers, ...other), 0, 4000), {instanceOf: Violation}) as Violation;
		t.is(problem.layer?.name, 'link');
		t.regex(problem.summary, /^worker-2 took/);
	}
});

test('who goes on while another answers for a while takes nothing over', t => {
	const beside = [...every('aa', 0, 4000), ...every('bb', 1050, 1450), claim('bb', 1040)];
	t.notThrows(() => mustHaveClaimed(recording(...beside), 0, 4000));
	const comesBack = [...every('aa', 0, 1000), ...every('bb', 1050, 3000), claim('bb', 1040), ...every('aa', 2950, 4000)];
	const {problem} = t.throws(() => mustHaveClaimed(recording(...comesBack), 0, 4000), {instanceOf: Violation}) as Violation;
	t.regex(problem.summary, /^worker-1 took/);
});

test('who answers since a moment: the last comes last, and claims are no answers', t => {
	const {seen} = recording(...every('aa', 0, 500), ...every('bb', 300, 800), claim('cc', 700)).watch;
	t.deepEqual(answering({seen}, IP, 0), ['aa', 'bb']);
	t.deepEqual(answering({seen}, IP, 500), ['bb']);
	t.deepEqual(answering({seen}, '198.19.128.2', 0), []);
});
