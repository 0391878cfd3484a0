import test from 'ava';
import {clusterName, idsOf} from './names.ts';

test('only clusters of ours are found among names', t => {
	t.deepEqual(idsOf(`kind\n${clusterName('k3f9a')}\nmine-vipcheck-x\nvipcheck-\n`), ['k3f9a']);
});
