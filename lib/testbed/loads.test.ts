import test from 'ava';
import type {Vantage} from '../probe/vantage.ts';
import {Violation} from '../record/problem.ts';
import {loadsReturn} from './loads.ts';
import type {Testbed} from './testbed.ts';

/** What becomes of loads one after the other; '' comes back whole. */
const sends = async (answers: readonly string[], learnsMtu?: boolean): Promise<string> => {
	const left = [...answers];
	const from = {name: 'worker-1', evaluate: () => Promise.resolve(left.shift() ?? '')} as unknown as Vantage;
	// No node is tried afterwards.
	const testbed = {grid: () => undefined, nodes: [], lease: () => Promise.resolve([])} as unknown as Testbed;
	const way = {name: 'worker-1', node: 'worker-1', from, to: {ip: '10.96.0.7', port: 80}, ...(learnsMtu !== undefined && {learnsMtu})};
	try {
		await loadsReturn(testbed, 'Loads', [way], [{protocol: 'UDP', bytes: 8_972}]);
		return 'all is well';
	} catch (error) {
		if (error instanceof Violation) return error.problem.observed;
		throw error;
	}
};

const REFUSED = 'EMSGSIZE (recvmsg)';
for (const [what, answers, learnsMtu, expected] of [
	['what comes back whole', ['', '', ''], false, 'all is well'],
	['a sender to an address of its own learns what the way carries by its first datagram', [REFUSED, '', ''], true, 'all is well'],
	['it learns once', [REFUSED, REFUSED], true, `worker-1, UDP 8972 B: 1 of 3: ${REFUSED}`],
	['its first datagram must not be lost', ['nothing came back'], true, 'worker-1, UDP 8972 B: 1 of 3: nothing came back'],
	['others know what their way carries', [REFUSED, '', ''], false, `worker-1, UDP 8972 B: 1 of 3: ${REFUSED}`],
] as const)
	test(`large datagrams: ${what}`, async t => {
		t.is(await sends(answers, learnsMtu), expected);
	});
