import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {openShells} from '../../lib/shell/shells.ts';
import type {ClusterRef} from '../../lib/target.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const shells = await openShells(cluster);
const api = shells.at({kind: 'nsenter', pidFile: join(cluster.dir, 'machines/api/pid')}, 'api');
const gateway = shells.at({kind: 'nsenter', pidFile: join(cluster.dir, 'machines/gateway/pid')}, 'gateway');
const machines = [...cluster.nodes.map(({name}) => shells.node(name)), shells.outside()];

/** Addresses of documentation (RFC 5737) and of a service range: nothing of ours, nothing of anybody's. */
const ELSEWHERE = ['192.0.2.1', '198.51.100.7', '203.0.113.9', '10.96.77.77'];

test('no packet of a cluster leaves through the host: what is for elsewhere ends at the gateway, without an answer', async t => {
	const {host, own} = await api.run(['ip', '-j', '-4', 'addr', 'show', 'dev', 'leg']).then(({stdout}) => {
		const [
			{
				addr_info: [{local}],
			},
		] = JSON.parse(stdout) as [{addr_info: [{local: string}]}];
		return {own: local, host: local.replace(/\d+$/, last => String(Number(last) - 1))};
	});
	// What crosses the leg is the host's talk with the API server, and nothing else.
	const onLeg = api.run(['timeout', '6', 'tcpdump', '-n', '-i', 'leg', 'not', '(', 'host', host, 'and', 'host', own, ')'], {
		timeoutMs: 20_000,
	});
	const atGateway = gateway.run(
		[
			'timeout',
			'6',
			'tcpdump',
			'-n',
			'-i',
			'eth0',
			'dst',
			'net',
			'192.0.2.0/24',
			'or',
			'dst',
			'net',
			'198.51.100.0/24',
			'or',
			'dst',
			'net',
			'203.0.113.0/24',
		],
		{timeoutMs: 20_000},
	);
	await api.run(['sleep', '1']);
	const tries = await Promise.all(
		[...machines, api].flatMap(shell =>
			[...ELSEWHERE, host]
				.filter(ip => !(shell === api && ip === host))
				.map(async ip => {
					const {exitCode, stderr} = await shell.run(['curl', '--silent', '--show-error', '--max-time', '2', `http://${ip}/`], {
						timeoutMs: 20_000,
					});
					return {from: shell.where, ip, exitCode, stderr};
				}),
		),
	);
	for (const {from, ip, exitCode, stderr} of tries)
		t.is(exitCode, 28, `from ${from} to ${ip}: curl says ${exitCode} (28 is its timeout): ${stderr}`);
	for (const capture of [await onLeg, await atGateway])
		t.is(capture.exitCode, 124, `tcpdump ran until its time was over: ${capture.stderr}`);
	t.is((await onLeg).stdout.trim(), '', 'strangers on the leg to the host');
	const seen = (await atGateway).stdout;
	for (const ip of ELSEWHERE.slice(0, 3))
		t.true(seen.includes(`> ${ip}.80`), `the gateway got packets for ${ip} (or this test saw nothing at all):\n${seen.slice(0, 500)}`);
});

test('the API machine, where the leg ends, forwards nothing', async t => {
	t.is((await api.run(['cat', '/proc/sys/net/ipv4/ip_forward'])).stdout.trim(), '0');
});

test('kube-proxy says which mode it uses, in its log and by /proxyMode', async t => {
	for (const {name} of cluster.nodes) {
		const shell = shells.node(name);
		t.is((await shell.run(['curl', '--silent', 'http://127.0.0.1:10249/proxyMode'])).stdout, cluster.target.mode);
		const log = await shell.run(['sh', '-c', 'cat /var/log/pods/kube-system_kube-proxy-*/kube-proxy/*.log']);
		t.true(log.stdout.includes(`Using ${cluster.target.mode} Proxier`), name);
	}
});

test('every node holds the tools that checks and faults need', async t => {
	const tools = [
		'iptables-nft',
		'iptables-legacy',
		'nft',
		'ipset',
		'ipvsadm',
		'conntrack',
		'tcpdump',
		'arping',
		'sshd',
		'node',
		'dig',
		'ss',
		'ethtool',
		'curl',
	];
	for (const {name} of cluster.nodes) {
		const {stdout} = await shells
			.node(name)
			.run(['sh', '-c', `for tool in ${tools.join(' ')}; do command -v $tool >/dev/null || echo $tool; done`]);
		t.is(stdout, '', `missing on ${name}`);
	}
});
