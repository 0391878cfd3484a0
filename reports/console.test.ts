import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import type {Event, EventBody} from '../lib/record/events.ts';
import {QUIET_STEP_MS, STILL_AT_IT_MS} from '../lib/limits.ts';
import type {Clock, Out} from './console.ts';
import {createConsole} from './console.ts';
import {sampleEvents} from './fixtures/sample-run.ts';

const T = 'embedded/ipvs/dual/1.36.3';

const stage = (isTTY: boolean, columns = 80, quiet = false) => {
	const written: string[] = [];
	const time = {now: 0, tick: () => {}, stopped: false};
	// It looks like a stream, because styleText asks for one.
	const out = {isTTY, columns, on: () => {}, write: (text: string) => written.push(text) > 0} as unknown as Out;
	const clock: Clock = {
		now: () => time.now,
		every: (_ms, work) => {
			time.tick = work;
			return () => {
				time.stopped = true;
			};
		},
	};
	const shown = createConsole(out, {dir: 'runs/7f3a', clock, quiet});
	return {shown, written, time, text: () => written.join('')};
};

const at = (ms: number, body: EventBody): Event => ({at: ms, ...body});

test('without a terminal: plain lines, the red as a block, the closing line last', t => {
	const {shown, text, time} = stage(false);
	for (const event of sampleEvents()) shown.event(event);
	shown.end();
	t.true(time.stopped);
	t.is(text(), stripVTControlCharacters(text()));
	t.true(
		text().includes(`
✗ nodeport/every-node  embedded/ipvs/dual/1.36.3  3.4 s
  expected   an answer from each of 4 nodes on :31712
  observed   control-plane .  worker-1 .  worker-2 X (refused, 15 of 15)  worker-3 .
  layer      rules: ipset KUBE-NODE-PORT-TCP on worker-2 lacks 31712
  nodes      worker-2
  reproduce  curl --max-time 2 http://10.77.0.12:31712/hostname
             kubectl --context vipcheck -n kube-system exec ds/kube-proxy -- ipset list KUBE-NODE-PORT-TCP | grep -x '31712'
  evidence   runs/7f3a/evidence/nodeport-every-node/worker-2-ipset.txt
             runs/7f3a/evidence/nodeport-every-node/dials.json
`),
	);
	t.true(
		text().includes(`
  NodePort 31712: from each place to each node (1 control-plane, 2 worker-1, 3 …
  pod on worker-1  . . X .
  host worker-1    . . X .
  outside          . . X ?
`),
	);
	t.true(text().includes('\n– nodeport/localhost  not applicable: ipvs never serves NodePorts on 127.0.0.1\n'));
	t.true(text().includes("\n– 2 checks  filtered: --match '!scale/*'\n"));
	t.true(text().includes('\n• build kubernetes 1.36.3  embedded/iptables/ipv4/1.36.3  3 min 04 s\n'));
	const last = text().trimEnd().split('\n').slice(-3);
	t.is(last[0], '  report     runs/7f3a/index.html');
	t.regex(last[1]!, /^broken \(counted as failed\): dns\/srv on .* known \(counted as skipped\): udp\/conntrack-zero/);
	t.is(last[2], '12 passed, 4 failed, 10 skipped');
	t.true(text().endsWith('\n'));
});

test('without a terminal: a long step is announced once, with its log', t => {
	const {shown, text, time} = stage(false);
	shown.event(at(0, {type: 'step-started', target: T, step: 'build', log: 'logs/build.log'}));
	for (time.now of [QUIET_STEP_MS - 1, QUIET_STEP_MS, QUIET_STEP_MS * 2]) time.tick();
	t.is(text(), `… build  ${T}  still running, its log: runs/7f3a/logs/build.log\n`);
	shown.event(
		at(QUIET_STEP_MS * 3, {type: 'step-finished', target: T, step: 'build', ms: QUIET_STEP_MS * 3, error: 'go build: exit code 1'}),
	);
	t.true(text().endsWith(`✗ build  ${T}  30.0 s\n  error      go build: exit code 1\n  log        runs/7f3a/logs/build.log\n`));
});

test('without a terminal: what lasts says once a minute what it is at', t => {
	const {shown, text, time} = stage(false);
	shown.event(at(0, {type: 'step-started', target: T, step: 'parts'}));
	shown.event(at(1, {type: 'step-progress', target: T, step: 'parts', text: 'kubelet, 4 of 8'}));
	for (time.now of [QUIET_STEP_MS, STILL_AT_IT_MS, QUIET_STEP_MS + STILL_AT_IT_MS, QUIET_STEP_MS + 2 * STILL_AT_IT_MS - 1]) time.tick();
	t.is(text(), `… parts  ${T}  still running\n… parts  ${T}  1 min 10 s: kubelet, 4 of 8\n`);
	shown.event(at(time.now, {type: 'step-finished', target: T, step: 'parts', ms: time.now}));
	shown.event(at(time.now, {type: 'check-started', target: T, check: 'a/b'}));
	const before = text();
	time.now += STILL_AT_IT_MS;
	time.tick();
	time.tick();
	t.is(text().slice(before.length), '… 0/0 checks done; still running: a/b\n');
});

test('a red takes at most 25 lines, the longest texts give way and say so', t => {
	const {shown, text} = stage(false);
	const lines = (count: number): string => Array.from({length: count}, (_, n) => `line ${n + 1}`).join('\n');
	shown.event(
		at(5, {
			type: 'check-finished',
			target: T,
			check: 'a/b',
			outcome: 'failed',
			ms: 5,
			problem: {summary: 's', expected: 'one thing', observed: lines(60), reproduce: ['first', 'second'], nodes: ['worker-1']},
		}),
	);
	const printed = text().trimEnd().split('\n');
	t.is(printed.length, 25);
	t.is(printed[1], '  expected   one thing');
	t.is(printed[2], '  observed   line 1');
	t.is(
		printed.find(line => line.includes('more lines')),
		'             … 41 more lines in the report',
	);
	t.is(printed.at(-1), '             second');
});

test('quiet: only what is red, and the end', t => {
	const {shown, text} = stage(false, 80, true);
	for (const event of sampleEvents()) shown.event(event);
	const lines = text().split('\n');
	t.deepEqual(
		lines.filter(line => /^[✓✗!~–•…]/.test(line)).map(line => line.slice(0, 2)),
		lines.filter(line => /^[✗!]/.test(line)).map(line => line.slice(0, 2)),
	);
	t.true(lines.some(line => line.startsWith('✗ nodeport/every-node')));
	shown.end();
	t.true(text().endsWith('\n12 passed, 4 failed, 10 skipped\n'));
});

test('on a terminal: one status line is rewritten below the lines', t => {
	const {shown, written, time} = stage(true, 60);
	const status = (): string => stripVTControlCharacters(written.at(-1)!.split('\n').at(-1)!).trimStart();
	shown.event(at(0, {type: 'step-started', target: T, step: 'control plane'}));
	time.now = 75_000;
	time.tick();
	t.is(status(), `[1:15] ${T}  control plane  1:15`);
	shown.event(at(75_000, {type: 'step-progress', target: T, step: 'control plane', text: 'kubelet, 4 of 8'}));
	t.is(status(), `[1:15] ${T}  control plane: kubelet, …`);
	t.is(status().length, 59);
	shown.event(at(76_000, {type: 'step-finished', target: T, step: 'control plane', ms: 76_000}));
	t.true(written.every(text => text.startsWith('\r\u001B[2K')));
	t.is(stripVTControlCharacters(written.at(-1)!).split('\n')[0]!.trimStart(), `• control plane  ${T}  1 min 16 s`);
	shown.event(
		at(77_000, {
			type: 'target-planned',
			target: T,
			spec: {provider: 'embedded', mode: 'ipvs', family: 'dual', version: '1.36.3', workers: 1},
			reason: '',
			checks: [{id: 'a/b', title: '', refs: [], budgetMs: 1}],
		}),
	);
	shown.event(at(77_000, {type: 'check-started', target: T, check: 'a/b'}));
	t.is(status(), `[1:15] 0/1  ${T}  a/b`);
	shown.event(at(78_000, {type: 'interrupted', signal: 'SIGINT'}));
	shown.end();
	const end = stripVTControlCharacters(written.at(-1)!);
	t.true(end.includes(`– a/b  ${T}  stopped while running: the run was ended by SIGINT\n`));
	t.true(end.endsWith('\ninterrupted: 0 passed, 1 stopped while running (counted as skipped)\n0 passed, 0 failed, 1 skipped\n'));
});

test('interrupted: what was stopped is named, what never began is one line, and neither is red', t => {
	for (const quiet of [false, true]) {
		const {shown, text} = stage(false, 80, quiet);
		const bodies: readonly EventBody[] = [
			{
				type: 'target-planned',
				target: T,
				spec: {provider: 'embedded', mode: 'ipvs', family: 'dual', version: '1.36.3', workers: 1},
				reason: 'asked for',
				checks: ['a/1', 'a/2', 'a/3', 'b/1', 'b/2'].map(id => ({id, title: id, refs: [], budgetMs: 1})),
			},
			{type: 'check-finished', target: T, check: 'a/1', outcome: 'passed', ms: 1},
			{type: 'check-started', target: T, check: 'a/2'},
			{type: 'check-started', target: T, check: 'a/3'},
			{type: 'check-step', target: T, check: 'a/3', text: 'dialling'},
			{type: 'interrupted', signal: 'SIGINT'},
			{
				type: 'check-finished',
				target: T,
				check: 'a/2',
				outcome: 'broken',
				ms: 1,
				problem: {summary: 'the run was ended', expected: '', observed: '', reproduce: []},
			},
			{type: 'run-finished'},
		];
		for (const [n, body] of bodies.entries()) shown.event(at(n, body));
		shown.end();
		t.notRegex(text(), /^[!✗]/m);
		t.is(text().includes(`– a/2  ${T}  stopped while running\n`), !quiet);
		for (const line of [
			`– a/3  ${T}  stopped while running: the run was ended by SIGINT; its last step: dialling`,
			`– 2 checks  ${T}  not run: the run was interrupted`,
			'interrupted: 1 passed, 2 stopped while running, 2 not run (both counted as skipped)',
		])
			t.true(text().includes(`${line}\n`), line);
		t.true(text().endsWith('\n1 passed, 0 failed, 4 skipped\n'));
	}
});

test('a lost cluster and a killed runner are said, and what did not run is one line', t => {
	const {shown, text} = stage(false);
	shown.event(
		at(0, {
			type: 'target-planned',
			target: T,
			spec: {provider: 'embedded', mode: 'ipvs', family: 'dual', version: '1.36.3', workers: 1},
			reason: 'asked for',
			checks: ['a/1', 'a/2', 'b/1'].map(id => ({id, title: id, refs: [], budgetMs: 1})),
		}),
	);
	shown.event(
		at(1, {
			type: 'target-failed',
			target: T,
			problem: {summary: 'etcd did not answer', expected: 'ready', observed: 'refused', reproduce: []},
		}),
	);
	shown.event(at(2, {type: 'runner-exited', target: T, exitCode: undefined, signal: 'SIGKILL', output: ''}));
	shown.event(at(3, {type: 'run-finished'}));
	shown.end();
	for (const line of [
		`✗ no cluster: etcd did not answer  ${T}`,
		'  expected   ready',
		`! the test runner ended with signal SIGKILL  ${T}`,
		`! 3 checks  ${T}  not run: the cluster could not be created: etcd did not answer`,
		'broken (counted as failed): all 3',
		'0 passed, 3 failed, 0 skipped',
	])
		t.true(text().includes(`${line}\n`), line);
});
