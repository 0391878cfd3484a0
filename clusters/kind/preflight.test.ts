import test from 'ava';
import {stubShell, type Reply} from '../../test/stub-shell.ts';
import {TransportError} from '../../lib/shell/shell.ts';
import type {Target} from '../../lib/target.ts';
import {kindConfig} from './config.ts';
import {networkScript} from './pod-network.ts';
import {preflight} from './preflight.ts';

const target: Target = {provider: 'kind', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 2};
const absent = new TransportError('this host: spawn ENOENT');
const OWN = 'localhost/vipcheck/node:v1.36.3';
const healthy: Record<string, Reply> = {
	'docker version --format {{.Server.Version}}': '28.2.2\n',
	'kind version --quiet': '0.33.0\n',
	[`docker image inspect --format {{index .Config.Labels "vipcheck.node-image"}} ${OWN}`]: '1.36.3\n',
	[`docker image inspect --format there ${OWN}`]: 'there\n',
};

type Look = {
	mode?: 'iptables' | 'ipvs';
	goMissing?: string[];
	env?: Record<string, string>;
};

const look = async (said: Record<string, Reply>, {mode = 'iptables', goMissing = [], env = {}}: Look = {}) =>
	preflight(
		{...target, mode},
		{shell: stubShell({...healthy, ...said}), env, hasIpvs: async () => false, goMissing: async () => goMissing},
	);

test('all is there: says of what nodes are made', async t => {
	t.deepEqual(await look({}), {ok: true, how: `nodes are containers of docker 28.2.2 by kind 0.33.0, image ${OWN}`});
	t.deepEqual(await look({'kind version --quiet': absent}), {
		ok: true,
		how: `nodes are containers of docker 28.2.2 by kind 0.33.0, built from its Go module, image ${OWN}`,
	});
});

const PODMAN = 'podman info --format {{.Version.Version}}';
const NERDCTL = 'nerdctl version --format {{.Server.Version}}';
const refusals: readonly [string, Parameters<typeof look>, RegExp][] = [
	[
		'no engine',
		[{'docker version --format {{.Server.Version}}': absent, [PODMAN]: absent, [NERDCTL]: absent}],
		/^there is no docker, no podman, no nerdctl on the PATH: .*--provider embedded/,
	],
	[
		'a stopped Docker',
		[
			{
				'docker version --format {{.Server.Version}}': {
					exitCode: 1,
					stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
				},
			},
		],
		/^docker is there, but its daemon does not answer \(is it running\?\): Cannot connect to the Docker daemon/,
	],
	[
		'a kind that is too old',
		[{'kind version --quiet': '0.11.1\n'}],
		/^kind on the PATH is 0\.11\.1, 0\.30\.0 or newer is needed: update it/,
	],
	[
		'no kind, and no Go',
		[{'kind version --quiet': absent}, {goMissing: ['go is not on the PATH']}],
		/^there is no kind on the PATH, and it cannot be built: go is not on the PATH$/,
	],
	['ipvs without ip_vs', [{}, {mode: 'ipvs'}], /no ip_vs .*--provider embedded/],
	[
		'an engine that there is not',
		[{}, {env: {KIND_EXPERIMENTAL_PROVIDER: 'lxc'}}],
		/^KIND_EXPERIMENTAL_PROVIDER is lxc: there are docker, podman, nerdctl$/,
	],
	[
		'no node image',
		[
			{
				[`docker image inspect --format {{index .Config.Labels "vipcheck.node-image"}} ${OWN}`]: {exitCode: 1},
				'docker image inspect --format there docker.io/kindest/node:v1.36.3': {exitCode: 1},
				'docker manifest inspect docker.io/kindest/node:v1.36.3': {exitCode: 1, stderr: 'no such host\n'},
			},
		],
		/kindest\/node:v1\.36\.3 is not here, and its registry does not give it \(no such host\): `vipcheck node-image` makes one/,
	],
];
for (const [name, given, why] of refusals)
	test(`${name}: one clear line`, async t => {
		const answer = await look(...given);
		t.false(answer.ok);
		t.regex(answer.ok ? '' : answer.why, why);
		t.is(answer.ok ? 0 : answer.why.split('\n').length, 1);
	});

test("kind's configuration of a target", t => {
	const text = kindConfig({mode: 'nftables', family: 'dual', workers: 1}, {image: 'x', ownNetwork: true, cgroupV1: true});
	for (const line of [/kubeProxyMode: nftables/, /ipFamily: dual/, /disableDefaultCNI: true/, /role: worker/, /failCgroupV1: false/])
		t.regex(text, line);
	t.notRegex(kindConfig(target, {image: 'x', ownNetwork: false, cgroupV1: false}), /disableDefaultCNI|kubeadmConfigPatches/);
});

test('a node has routes to the pods of the others, by their addresses of the same family', t => {
	const nodes = [
		{name: 'a', ips: ['172.18.0.2', 'fc00::2'], podSubnets: ['10.244.0.0/24', 'fd00:10:244::/64']},
		{name: 'b', ips: ['172.18.0.3', 'fc00::3'], podSubnets: ['10.244.1.0/24', 'fd00:10:244:1::/64']},
	] as const;
	const script = networkScript(nodes[0], nodes, 'dual').split('\n');
	t.deepEqual(
		script.filter(line => line.startsWith('ip route')),
		['ip route replace 10.244.1.0/24 via 172.18.0.3', 'ip route replace fd00:10:244:1::/64 via fc00::3'],
	);
	t.true(script.includes('delete table ip6 cni-masquerade'));
});
