import test from 'ava';
import {stubShell} from '../../test/stub-shell.ts';
import {dockerSocket} from './socket.ts';

const INSPECT = 'docker context inspect --format {{.Endpoints.docker.Host}}';

for (const [name, endpoint, env, expected] of [
	['the socket that is in use', 'unix:///tmp/x/docker.sock\n', {}, {DOCKER_SOCK: '/tmp/x/docker.sock'}],
	['what the user says stays', 'unix:///tmp/x/docker.sock\n', {DOCKER_SOCK: '/y'}, {}],
	['a Docker of another host has its own', 'tcp://192.0.2.1:2376\n', {}, {}],
] as const)
	test(`k3d is told of the socket: ${name}`, async t => {
		t.deepEqual(await dockerSocket(stubShell({[INSPECT]: endpoint}), env), expected);
	});
