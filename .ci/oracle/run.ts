import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {execa} from 'execa';
import type {Files} from '../../test/oracle/modes.ts';

/** What became of a case: files of rules, or why there are none. */
export type Answer = {
	readonly files?: Files;
	/** The API server would not have such objects. */
	readonly refused?: readonly string[];
	/** kube-proxy could not do its work. */
	readonly errors?: readonly string[];
};

/** kube-proxy's code at work: one line in, one answer out, in turn. `end` ends it, as the death of this process does. */
export type Oracle = {readonly ask: (line: string) => Promise<Answer>; readonly end: () => Promise<void>};

/** Starts the program in a network of its own, on the file system of a node. Needs root. */
export const startOracle = (program: string, root: string): Oracle => {
	const running = execa('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--net', '--mount', '--', program, root], {
		reject: false,
		buffer: false,
		stderr: 'inherit',
		stdin: 'pipe',
		stdout: 'pipe',
	});
	const lines = createInterface({input: running.stdout})[Symbol.asyncIterator]();
	return {
		async ask(line) {
			if (!running.stdin.write(`${line}\n`)) await once(running.stdin, 'drain');
			const {value, done} = await lines.next();
			if (done === true) throw new Error(`the oracle ended: ${(await running).shortMessage ?? ''}\n${line}`);
			return JSON.parse(value) as Answer;
		},
		async end() {
			running.stdin.end();
			await running;
		},
	};
};
