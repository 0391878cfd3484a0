import test from 'ava';
import {stubShell, type Reply} from '../../test/stub-shell.ts';
import {TransportError} from '../../lib/shell/shell.ts';
import type {Target} from '../../lib/target.ts';
import {toolsImage} from './image.ts';
import {preflight} from './preflight.ts';

const target: Target = {provider: 'k3d', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 2};
const absent = new TransportError('this host: spawn ENOENT');
const K3S = 'docker.io/rancher/k3s:v1.36.3-k3s1';
const STAND_IN = 'localhost/vipcheck/k3s-stand-in:v1.36.3';
const TOOLS = 'mine/k3d-tools:1';
const labelOf = (image: string): string => `docker image inspect --format {{index .Config.Labels "vipcheck.k3s-stand-in"}} ${image}`;
const look = (image: string): string => `docker image inspect --format there ${image}`;
const ask = (image: string): string => `docker manifest inspect ${image}`;
const NO_HOST = {exitCode: 1, stderr: 'no such host\n'};

const healthy: Record<string, Reply> = {
	'docker version --format {{.Server.Version}}': '28.2.2\n',
	'k3d version': 'k3d version v5.8.3\nk3s version v1.31.5-k3s1 (default)\n',
	[labelOf(K3S)]: {exitCode: 1},
	[look(K3S)]: 'there\n',
};

type Look = Partial<Pick<Target, 'mode' | 'family' | 'image'>> & {
	readonly goMissing?: readonly string[];
	readonly env?: Record<string, string>;
};

const answerOf = async (said: Record<string, Reply>, {goMissing = [], env = {}, ...asked}: Look = {}) =>
	preflight(
		{...target, ...asked},
		{shell: stubShell({...healthy, ...said}), env, hasIpvs: async () => false, goMissing: async () => goMissing},
	);

test('all is there: says of what nodes are made', async t => {
	t.deepEqual(await answerOf({}), {ok: true, how: `nodes are containers of docker 28.2.2 by k3d 5.8.3, image ${K3S} (k3s)`});
	t.deepEqual(await answerOf({'k3d version': absent}), {
		ok: true,
		how: `nodes are containers of docker 28.2.2 by k3d 5.8.3, built from its Go module, image ${K3S} (k3s)`,
	});
});

test('an image that stands in for k3s is called no more than that', async t => {
	const answer = await answerOf({[labelOf(STAND_IN)]: '1.36.3\n', [look(STAND_IN)]: 'there\n'}, {image: STAND_IN});
	t.deepEqual(answer, {
		ok: true,
		how: `nodes are containers of docker 28.2.2 by k3d 5.8.3, image ${STAND_IN} (a stand-in of upstream Kubernetes, not k3s)`,
	});
});

test('k3d starts the stand-in for itself, unless the user names another image', t => {
	t.is(toolsImage({name: STAND_IN, own: true}, {}), STAND_IN);
	t.is(toolsImage({name: K3S, own: false}, {}), undefined);
	t.is(toolsImage({name: STAND_IN, own: true}, {K3D_IMAGE_TOOLS: TOOLS}), TOOLS);
});

const refusals: readonly [string, Parameters<typeof answerOf>, RegExp][] = [
	[
		'no Docker',
		[{'docker version --format {{.Server.Version}}': absent}],
		/^there is no docker on the PATH: install Docker, or use --provider embedded/,
	],
	[
		'a stopped Docker',
		[{'docker version --format {{.Server.Version}}': {exitCode: 1, stderr: 'Cannot connect to the Docker daemon at unix:///x.\n'}}],
		/^docker is there, but its daemon does not answer \(is it running\?\): Cannot connect to the Docker daemon/,
	],
	[
		'a k3d that is too old',
		[{'k3d version': 'k3d version v4.4.8\nk3s version latest (default)\n'}],
		/^k3d on the PATH is 4\.4\.8, 5\.5\.0 or newer is needed: update it/,
	],
	[
		'no k3d, and no Go',
		[{'k3d version': absent}, {goMissing: ['go is not on the PATH']}],
		/^there is no k3d on the PATH, and it cannot be built: go is not on the PATH$/,
	],
	['ipvs without ip_vs', [{}, {mode: 'ipvs'}], /no ip_vs .*--provider embedded/],
	['both families', [{}, {family: 'dual'}], /^family dual: k3d makes networks of IPv4 alone/],
	[
		'no image of k3s',
		[{[look(K3S)]: {exitCode: 1}, [ask(K3S)]: NO_HOST}],
		/^the node image docker\.io\/rancher\/k3s:v1\.36\.3-k3s1 is not here, and its registry does not give it \(no such host\): --image names/,
	],
	[
		'no image of the tools',
		[{[look(TOOLS)]: {exitCode: 1}, [ask(TOOLS)]: NO_HOST}, {env: {K3D_IMAGE_TOOLS: TOOLS}}],
		/^the image mine\/k3d-tools:1 is not here, .*: K3D_IMAGE_TOOLS names it, which k3d starts for itself$/,
	],
];
for (const [name, given, why] of refusals)
	test(`${name}: one clear line`, async t => {
		const answer = await answerOf(...given);
		t.false(answer.ok);
		t.regex(answer.ok ? '' : answer.why, why);
		t.is(answer.ok ? 0 : answer.why.split('\n').length, 1);
	});
