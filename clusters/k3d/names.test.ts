import test from 'ava';
import {idsOfObjects, nodeNames} from './names.ts';

test('nodes are called as k3d calls their containers', t => {
	t.deepEqual(nodeNames('k3f9a', 2), ['k3d-vipcheck-k3f9a-server-0', 'k3d-vipcheck-k3f9a-agent-0', 'k3d-vipcheck-k3f9a-agent-1']);
});

test('only networks and volumes of ours are found among those of Docker', t => {
	const names = [
		'bridge',
		'k3d-mine',
		'k3d-vipcheck-aaa11',
		'k3d-vipcheck-bbb22-images',
		'k3d-mine-images',
		'x-k3d-vipcheck-ccc33',
		'vipcheck-ddd44',
	];
	t.deepEqual(idsOfObjects(names.join('\n')), ['aaa11', 'bbb22']);
});
