import test from 'ava';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {machineText, ticksOf, watchMachine} from './machine.ts';

const QUIET = {stillMs: 40, stolen: 0.01, busy: 1};

for (const {title, seen, text} of [
	{title: 'a machine that runs', seen: QUIET, text: undefined},
	{title: 'one that stood still', seen: {...QUIET, stillMs: 4_210}, text: /^the machine of this run stood still for 4\.2 s meanwhile/},
	{title: 'one of many on its host', seen: {...QUIET, stolen: 0.234}, text: / lost 23 % of its processors to others of its host /},
	{title: 'one with too much to do', seen: {...QUIET, busy: 1.5}, text: / had 12 tasks for 2 processors /},
	{
		title: 'all at once',
		seen: {stillMs: 1_000, stolen: 0.1, busy: 4},
		text: / stood still for 1\.0 s, lost 10 % of its processors to others of its host, had 12 tasks for 2 processors /,
	},
])
	test(`what may have broken time limits: ${title}`, t => {
		const told = machineText(seen, 12, 2);
		if (text === undefined) t.is(told, undefined);
		else t.regex(told ?? '', text);
	});

test('ticks of /proc/stat, guests counted once', t => {
	t.deepEqual(ticksOf('cpu  100 10 20 300 5 0 2 63 50 9\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1\n'), {stolen: 63, all: 500});
	t.deepEqual(ticksOf(''), {stolen: 0, all: 0});
});

test('a process that is stopped has stood still, one that works has not', async t => {
	const source = `
		import {watchMachine} from ${JSON.stringify(new URL('machine.ts', import.meta.url).href)};
		const end = watchMachine();
		process.stdout.write('ready\\n');
		process.stdin.once('data', () => { console.log(JSON.stringify(end() ?? null)); process.exit(); });
	`;
	const child = spawn(process.execPath, ['--input-type=module', '-e', source], {stdio: ['pipe', 'pipe', 'inherit']});
	await once(child.stdout, 'data');
	child.kill('SIGSTOP');
	await new Promise(resolve => setTimeout(resolve, 2_500));
	child.kill('SIGCONT');
	child.stdin.write('x');
	const [said] = (await once(child.stdout, 'data')) as [Buffer];
	t.regex(String(said), /stood still for \d+\.\d s/);

	const [end, began, used] = [watchMachine(), performance.now(), process.cpuUsage()];
	const worked = (): number => (({user, system}) => (user + system) / 1000)(process.cpuUsage(used));
	while (worked() < 1_500);
	// Others may have kept this process from running meanwhile: then that is told.
	const keptMs = performance.now() - began - worked();
	const told = end() ?? '';
	if (keptMs < 900) t.notRegex(told, /stood still/);
	else t.log(`not to be seen here: others kept it for ${Math.round(keptMs)} ms`);
});
