import test from 'ava';
import {inotifyOf} from './inotify.ts';

test('a cluster of three workers takes 54 inotify instances at the most, an importing machine none', t => {
	t.is(inotifyOf(['switch', 'gateway', 'outside', 'api', 'control-plane', 'worker-1', 'worker-2', 'worker-3']), 54);
	t.is(inotifyOf(['import']), 0);
	t.is(inotifyOf([]), 0);
});
