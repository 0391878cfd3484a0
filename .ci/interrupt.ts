/**
 * Interrupts `vipcheck` at random moments and looks for leftovers after each: node .ci/interrupt.ts [times] [seed] [command[=ms],…] [mode].
 * The commands take turns, up, test and down unless said otherwise; the signal comes within the given time, which is that of a command on
 * warm caches (`up=90000` with an empty XDG_CACHE_HOME: while parts are being built).
 * Half of the signals are SIGINT, a quarter SIGTERM, a quarter SIGKILL followed by `vipcheck clean`.
 * Prints a line for each, then `N passed, N failed`.
 */
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {execa} from 'execa';
import {clustersRoot} from '../lib/paths.ts';
import {difference, hostState} from './host-state.ts';
import {randomFrom} from '../lib/random.ts';

const vipcheck = join(import.meta.dirname, '..', 'vipcheck');
const [times = '10', seed = '1', wanted = 'up,test,down', mode = 'iptables'] = process.argv.slice(2);

const next = randomFrom(Number(seed));
const SIGNALS = ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGKILL'] as const;
/** Command → how long it takes when nothing disturbs it, in ms. */
const TIMES_MS: Readonly<Record<string, number>> = {up: 14_000, test: 60_000, down: 3000};
const COMMANDS = wanted.split(',').map((word): readonly [string, number] => {
	const [command = '', ms] = word.split('=');
	const usual = TIMES_MS[command];
	if (usual === undefined) throw new Error(`${command}: use ${Object.keys(TIMES_MS).join(', ')}`);
	return [command, ms === undefined ? usual : Number(ms)];
});

/** Node and the command line's imports, on a busy machine. */
const NODE_START_MS = 1000;

const leftInCache = async (): Promise<readonly string[]> => (await readdir(clustersRoot()).catch(() => [])).map(name => `cluster ${name}`);
const state = async (): Promise<readonly string[]> => [...(await hostState()), ...(await leftInCache())];

const once = async (round: number): Promise<boolean> => {
	const [command, ms] = COMMANDS[round % COMMANDS.length] as readonly [string, number];
	const signal = SIGNALS[Math.floor(next() * SIGNALS.length)] as (typeof SIGNALS)[number];
	const after = Math.round(next() * ms);
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-interrupt-'));
	const before = await state();
	const options = {reject: false, all: true, detached: true} as const;
	if (command === 'down') await execa(vipcheck, ['up', '--mode', mode, '--workers', '1'], options);
	const running = execa(
		vipcheck,
		command === 'down' ? ['down'] : command === 'up' ? ['up', '--mode', mode] : ['test', '--mode', mode, '--out', join(dir, 'run')],
		options,
	);
	await Promise.race([pause(after), running]);
	// As Ctrl-C in a terminal does it: the whole process group gets the signal.
	try {
		process.kill(-(running.pid as number), signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
	const {exitCode, all} = await running;
	// An `up` or `down` that came to its end before the signal has left a cluster on purpose.
	const cleaned = signal === 'SIGKILL' ? ['clean', '--all'] : command === 'down' || exitCode === 0 ? ['down', '--all'] : undefined;
	if (cleaned) await execa(vipcheck, cleaned, {reject: false});
	const left = difference(before, await state());
	// A signal that comes before Node has read the program ends it as any program; later ones are answered with 130.
	const codeIsRight = signal === 'SIGKILL' || exitCode === 130 || exitCode === 0 || (exitCode === undefined && after < NODE_START_MS);
	console.log(
		`${left.length === 0 && codeIsRight ? '✓' : '✗'} ${round + 1} ${command} ${signal} after ${after} ms, exit ` +
			`${exitCode ?? 'by signal'}`,
	);
	if (left.length > 0) console.log(left.map(line => `    ${line}`).join('\n'));
	if (!codeIsRight) console.log(all);
	await rm(dir, {recursive: true});
	return left.length === 0 && codeIsRight;
};

let passed = 0;
for (let round = 0; round < Number(times); round++) if (await once(round)) passed++;
console.log(`${passed} passed, ${Number(times) - passed} failed`);
process.exitCode = passed === Number(times) ? 0 : 1;
