import test from 'ava';
import {toldTogether} from './told-together.ts';

test('works side by side are told in one line, each until it has ended', async t => {
	const lines: string[] = [];
	const told = toldTogether(text => void lines.push(text));
	const packages = Promise.withResolvers<void>();
	const programs = Promise.withResolvers<void>();
	const both = [
		told(async progress => {
			progress('Debian packages, 160 of 175 unpacked');
			await packages.promise;
		}),
		told(async progress => {
			progress('kubeadm, 1 of 12');
			await programs.promise;
			throw new Error('no room');
		}),
	];
	packages.resolve();
	await both[0];
	programs.resolve();
	await t.throwsAsync(both[1]!, {message: 'no room'});
	t.deepEqual(lines, [
		'Debian packages, 160 of 175 unpacked',
		'Debian packages, 160 of 175 unpacked · kubeadm, 1 of 12',
		'kubeadm, 1 of 12',
	]);
});
