import test from 'ava';
import {grid, summarise} from './matrix.ts';
import type {Dial} from './vantage.ts';

const answered = (backend: string, count = 1): readonly Dial[] => Array.from({length: count}, () => ({at: 0, ms: 1, outcome: 'answered', backend, sourceIp: '10.244.1.2'}));
const failed = (outcome: 'refused' | 'timeout' | 'unreachable' | 'reset', count = 1): readonly Dial[] => Array.from({length: count}, () => ({at: 0, ms: 1, outcome, detail: ''}));

for (const [dials, text] of [
	[[...answered('b', 199), ...answered('a', 201), ...answered('c', 198), ...failed('timeout', 2)], '598 answered (a 201, b 199, c 198), 2 timeout'],
	[answered('web-0', 3), '3 answered (web-0 3)'],
	[[...answered('web-10'), ...answered('web-9')], '2 answered (web-9 1, web-10 1)'],
	[[...failed('reset'), ...failed('refused', 2), ...failed('unreachable')], '2 refused, 1 unreachable, 1 reset'],
	[Array.from({length: 12}, (_, i) => answered(`web-${i}`, 4 + i)).flat(), '114 answered (12 backends, 4 to 15 each)'],
	[[], 'nothing was sent'],
] as const) {
	test(`summarise: ${text}`, t => t.is(summarise(dials), text));
}

test('grid: rows are places, columns destinations', t => {
	const found = grid('NodePort 31712', [
		{from: 'pod on worker-1', to: 'worker-1', dials: answered('a', 2), expected: 'answered'},
		{from: 'pod on worker-1', to: 'worker-2', dials: [...answered('a'), ...failed('refused')], expected: 'answered'},
		{from: 'outside', to: 'worker-2', expected: 'answered', why: 'the host is gone'},
		{from: 'outside', to: 'control-plane', dials: failed('timeout', 2), expected: 'timeout'},
		{from: 'worker-1', to: 'worker-1', dials: answered('b', 2), expected: dials => new Set(dials.map(dial => dial.outcome === 'answered' && dial.backend)).size > 1},
		{from: 'worker-1', to: 'worker-2', dials: [], expected: 'answered'},
	]);
	t.deepEqual(found.columns, ['worker-1', 'worker-2', 'control-plane']);
	t.deepEqual(found.rows.map(({name, cells}) => `${name}: ${cells.map(({mark}) => mark).join('|')}`), ['pod on worker-1: .|X| ', 'outside:  |?|.', 'worker-1: X|?| ']);
	t.deepEqual(found.rows.map(({cells}) => cells[1]?.text), ['1 answered (a 1), 1 refused; expected: answered', 'the host is gone', 'nothing was sent']);
});
