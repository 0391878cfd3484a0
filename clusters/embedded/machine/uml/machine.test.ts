import {readFileSync} from 'node:fs';
import test from 'ava';
import {keeperArguments, panicIn} from './machine.ts';
import {managementOf} from './management.ts';
import {plugOf} from './plug.ts';
import {numbersIn, processorOf} from './processor.ts';

test('the kernel is kept by namespaces whose end is its own, in the network of the switch', t => {
	const kernel = {root: '/cache/kernels/1/root', image: '/cache/disks/1/disk', memoryMib: 1024, slot: 3, commandLine: ['seccomp=on']};
	const argv = keeperArguments('/clusters/c/machines/worker-2', ['/upper', '/lower'], kernel, ['t-worker-2', 'm-worker-2'], '77', '1');
	const boot = argv.findIndex(word => word.endsWith('/boot.sh'));
	t.deepEqual(argv.slice(0, boot), [
		'taskset',
		'--cpu-list',
		'1',
		'nsenter',
		'--net=/proc/77/ns/net',
		'unshare',
		'--mount',
		'--uts',
		'--ipc',
		'--pid',
		'--fork',
		'--kill-child',
		'--',
		'sh',
	]);
	t.deepEqual(argv.slice(boot + 1), [
		'/clusters/c/machines/worker-2',
		'/upper:/lower',
		'/cache/kernels/1/root',
		'/cache/disks/1/disk',
		'1024',
		't-worker-2',
		'm-worker-2',
		'seccomp=on',
	]);
});

test('names of management links fit the kernel, and each machine has addresses of its own', t => {
	for (const name of ['control-plane', 'worker-9']) {
		const management = managementOf(name, 1);
		const {tap, bridge, lines} = plugOf(name, management);
		const made = lines.flatMap(line => /^(?:tuntap|link) add (\S+)/.exec(line)?.[1] ?? []);
		t.deepEqual(made.toSorted(), [tap, bridge, name, management.link].toSorted());
		for (const link of [...made, ...lines.flatMap(line => / peer name (\S+)/.exec(line)?.[1] ?? [])]) t.true(link.length <= 15, link);
	}
	t.deepEqual(managementOf('worker-1', 2), {link: 'm-worker-1', central: '169.254.2.1', own: '169.254.2.2'});
});

for (const {what, log, panic} of [
	{what: 'a boot that goes on', log: 'Linux version 6.12.113\nrandom: crng init done\n', panic: undefined},
	{
		what: 'a processor whose state is larger than the kernel knows',
		log:
			'mmapper_init - find_iomem failed\nuserspace - ptrace set fp regs failed, errno = 14\n' +
			'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b\nStack:\n',
		panic:
			'userspace - ptrace set fp regs failed, errno = 14: ' +
			'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
	},
	{what: 'nothing before it', log: 'Kernel panic - not syncing: no root\n', panic: 'Kernel panic - not syncing: no root'},
])
	test(`a panic is told by what led to it: ${what}`, t => {
		t.is(panicIn(log), panic);
	});

for (const [list, numbers] of [
	['0-1\n', [0, 1]],
	['3', [3]],
	['0-2,5,7-8', [0, 1, 2, 5, 7, 8]],
	['', []],
] as const)
	test(`processors in a list: ${JSON.stringify(list)}`, t => {
		t.deepEqual(numbersIn(list), numbers);
	});

test('machines take turns of the processors that this process may use', async t => {
	const allowed = numbersIn(readFileSync('/proc/self/status', 'utf8').split('Cpus_allowed_list:')[1]?.split('\n')[0] ?? '');
	const places = await Promise.all(allowed.map(async (_, index) => processorOf(index + 1)));
	t.deepEqual(
		places.map(Number).toSorted((a, b) => a - b),
		allowed,
	);
});
