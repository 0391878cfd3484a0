import test from 'ava';
import {stubShell} from '../test/stub-shell.ts';
import type {Target} from '../lib/target.ts';
import {preflight} from './k3s.ts';

const target: Target = {provider: 'k3s', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 0};
const IMAGE = 'docker.io/rancher/k3s:v1.36.3-k3s1';
const VERSION = 'docker version --format {{.Server.Version}}';
const absent = {[`docker image inspect --format there ${IMAGE}`]: {exitCode: 1}};

test('without its image: refused in one line', async t => {
	const shell = stubShell({
		[VERSION]: '28.2.2\n',
		...absent,
		[`docker manifest inspect ${IMAGE}`]: {exitCode: 1, stderr: 'no such host\n'},
	});
	t.deepEqual(await preflight(target, shell, async () => true), {
		ok: false,
		why: `the image ${IMAGE} is not here, and its registry does not give it (no such host)`,
	});
});

test('its kube-proxy runs on the kernel of the host', async t => {
	const answer = await preflight({...target, mode: 'ipvs'}, stubShell({[VERSION]: '28.2.2\n'}), async () => false);
	t.regex(answer.ok ? '' : answer.why, /no ip_vs .*--provider embedded/);
});

test('with its image: says what is made', async t => {
	const shell = stubShell({[VERSION]: '28.2.2\n', [`docker image inspect --format there ${IMAGE}`]: 'there\n'});
	t.deepEqual(await preflight(target, shell, async () => true), {
		ok: true,
		how: `one server of k3s in a container of docker 28.2.2, image ${IMAGE}`,
		workers: 0,
	});
});
