import test from 'ava';
import {sourcesOf} from './host-facts.ts';

test('sources: the commit at GitHub of a clone from there, else the directory', t => {
	for (const remote of ['https://github.com/o/vipcheck.git', 'git@github.com:o/vipcheck.git', 'https://github.com/o/vipcheck'])
		t.is(sourcesOf(remote, 'abc'), 'https://github.com/o/vipcheck/blob/abc/', remote);
	for (const remote of [undefined, '/srv/git/vipcheck', 'https://user:secret@github.com/o/vipcheck'])
		t.regex(sourcesOf(remote, 'abc'), /^file:\/\/\/.*\/$/, remote);
	t.regex(sourcesOf('https://github.com/o/vipcheck', undefined), /^file:/);
});
