import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';

const suites = join(import.meta.dirname, '../../suites');

test('a check that restarts kube-proxy needs its pods: without any, nothing would be restarted', t => {
	const files = globSync('**/*.ts', {cwd: suites}).map(file => ({file, text: readFileSync(join(suites, file), 'utf8')}));
	const restarting = files.filter(({text}) => /\brestartProxy\b/.test(text));
	t.true(restarting.length > 3);
	t.deepEqual(
		restarting.filter(({text}) => !text.includes("'proxy-pods'")).map(({file}) => file),
		[],
	);
});
