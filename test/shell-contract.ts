import {randomUUID} from 'node:crypto';
import type {ExecutionContext} from 'ava';
import {TransportError, type Shell} from '../lib/shell/shell.ts';

/** What differs between the places that a shell leads to. */
export type Place = {
	/** Node there: the one program that every place of ours has. */
	readonly node: string;
	/** Another shell on the same place, which a look from outside can go by; it must have `sh` and /proc. */
	readonly beside?: Shell;
	/** The place has no program `env`, and its transport needs one. */
	readonly noEnvironment?: boolean;
};

const MEGABYTE = 1_000_000;

/** How many processes have the mark among their arguments. The pattern does not match itself. */
const marked = async (beside: Shell, mark: string): Promise<number> => {
	const {stdout} = await beside.run(['sh', '-c', 'grep -ls -e "$1" /proc/[0-9]*/cmdline | wc -l', 'sh', `[${mark[0]}]${mark.slice(1)}`]);
	return Number(stdout);
};

const gone = async (beside: Shell, mark: string): Promise<boolean> => {
	for (let look = 0; look < 100; look++) if ((await marked(beside, mark)) === 0) return true;
	return false;
};

/** What every transport promises, whatever it goes by: each line is a name and its test. */
export const CONTRACT: readonly (readonly [string, (t: ExecutionContext, shell: Shell, place: Place) => Promise<void>])[] = [
	[
		'any exit code is a result; arguments, input, output and environment come through as they are',
		async (t, shell, {node, noEnvironment = false}) => {
			const script =
				'let text = ""; process.stdin.on("data", chunk => { text += chunk }).on("end", () => { console.error("err"); ' +
				'process.stdout.write(JSON.stringify([process.argv.slice(1), text, process.env.EXTRA])); process.exitCode = 3 })';
			const words = ['two words', "it's", '$HOME', '', 'a\nb', '"', '*', String.raw`\n`, 'ü'];
			const {exitCode, stdout, stderr, argv, where} = await shell.run([node, '--eval', script, ...words], {
				stdin: 'line\nü',
				env: noEnvironment ? {} : {EXTRA: 'a b'},
			});
			t.deepEqual(JSON.parse(stdout), [words, 'line\nü', noEnvironment ? null : 'a b']);
			t.deepEqual([exitCode, stderr, argv[0], where], [3, 'err\n', node, shell.where]);
		},
	],
	[
		'a program that a signal ended has 128 and its number',
		async (t, shell, {node}) => {
			t.is((await shell.run([node, '--eval', 'process.kill(process.pid, "SIGKILL"); setTimeout(() => 0, 9000)'])).exitCode, 137);
		},
	],
	[
		'what is not there is a TransportError that names it',
		async (t, shell) => {
			await t.throwsAsync(shell.run(['no-such-program', 'x']), {instanceOf: TransportError, message: /no-such-program/});
		},
	],
	[
		'20 MB of output',
		async (t, shell, {node}) => {
			const script = `const block = "x".repeat(${MEGABYTE}); for (let i = 0; i < 20; i++) process.stdout.write(block)`;
			t.is((await shell.run([node, '--eval', script], {timeoutMs: 60_000})).stdout.length, 20 * MEGABYTE);
		},
	],
	[
		'twenty at once',
		async (t, shell, {node}) => {
			const all = Array.from({length: 20}, async (_, index) => shell.run([node, '--print', String(index)]));
			t.deepEqual(
				(await Promise.all(all)).map(({stdout}) => Number(stdout)),
				Array.from({length: 20}, (_, index) => index),
			);
		},
	],
	[
		'a time limit ends it, and what it started',
		async (t, shell, {node, beside}) => {
			const mark = `mark-${randomUUID()}`;
			const script =
				`require("node:child_process").spawn(process.execPath, ["--eval", "setInterval(() => 0, 1000)", "${mark}"]); ` +
				'setInterval(() => 0, 1000)';
			await t.throwsAsync(shell.run([node, '--eval', script, mark], {timeoutMs: 3000}), {
				instanceOf: TransportError,
				message: /did not end within 3000 ms/,
			});
			if (beside) t.true(await gone(beside, mark));
		},
	],
	[
		'a signal ends it, and is the reason',
		async (t, shell, {node}) => {
			const abort = new AbortController();
			setTimeout(() => abort.abort(new Error('interrupted')), 300);
			await t.throwsAsync(shell.run([node, '--eval', 'setTimeout(() => 0, 30000)'], {signal: abort.signal}), {
				instanceOf: TransportError,
				message: /interrupted/,
			});
		},
	],
	[
		'a conversation: lines in, lines out, last words, no more after the end',
		async (t, shell, {node}) => {
			const script =
				'process.stdin.setEncoding("utf8").on("data", text => { for (const line of text.trim().split("\\n")) { ' +
				'console.log(`<${line}>`); if (line === "end") { console.error("done for"); process.exit(4) } } })';
			const talk = shell.converse([node, '--eval', script]);
			talk.send('one');
			talk.send('end');
			const lines: string[] = [];
			for await (const line of talk.lines) lines.push(line);
			t.deepEqual(lines, ['<one>', '<end>']);
			t.like(await talk.ended, {exitCode: 4, stderr: 'done for\n'});
			t.throws(() => talk.send('more'), {instanceOf: TransportError});
			await talk.close();
		},
	],
	[
		'closing a conversation ends its program',
		async (t, shell, {node, beside}) => {
			const mark = `mark-${randomUUID()}`;
			const talk = shell.converse([
				node,
				'--eval',
				'console.log("up"); process.stdin.resume().on("end", () => process.exit(0))',
				mark,
			]);
			for await (const line of talk.lines) {
				t.is(line, 'up');
				break;
			}
			await talk.close();
			await talk.ended;
			if (beside) t.true(await gone(beside, mark));
		},
	],
	[
		'a conversation whose program is not there has ended',
		async (t, shell) => {
			const talk = shell.converse(['no-such-program']);
			const {exitCode} = await talk.ended;
			t.not(exitCode, 0);
			await talk.close();
		},
	],
];
