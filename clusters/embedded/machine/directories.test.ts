import test from 'ava';
import {directoryIn} from './directories.ts';

for (const {title, words, expected} of [
	{
		title: 'the process that keeps a machine',
		words: [
			'unshare',
			'--mount',
			'--kill-child',
			'--',
			'sh',
			'/opt/vipcheck/clusters/embedded/machine/boot.sh',
			'/var/cache/vipcheck/clusters/abcde/machines/worker-1',
			'worker-1',
			'/a:/b',
			'',
		],
		expected: '/var/cache/vipcheck/clusters/abcde',
	},
	{title: 'a daemon', words: ['kubelet', '--config=/var/lib/kubelet/config.yaml', ''], expected: undefined},
	{title: 'a process without a command line', words: [''], expected: undefined},
]) {
	test(title, t => {
		t.is(directoryIn(words.join('\0')), expected);
	});
}
