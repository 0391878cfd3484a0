import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {parseIptablesSave} from '../../facts/parse/iptables-save.ts';
import {parseNft} from '../../facts/parse/nft.ts';
import {actualIptables} from '../rules/iptables/actual.ts';
import {actualIpvs} from '../rules/ipvs/actual.ts';
import {dumpedText, parsedDump} from '../rules/fixtures/ipvs-dumps.ts';
import {actualNftables} from '../rules/nftables/actual.ts';
import type {ServedPort} from './mode.ts';
import {PROXY_MODES} from './modes.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const port = (about: string, protocol: ServedPort['protocol'], more: Partial<ServedPort> = {}): ServedPort => ({
	about,
	name: about.split(':')[1] ?? '',
	protocol,
	clusterIp: '10.96.0.99',
	port: 80,
	...more,
});
const PORTS: Readonly<Record<string, readonly ServedPort[]>> = {
	web: [port('shop/web:http', 'TCP'), port('shop/web:dns', 'UDP')],
	'web-2': [port('shop/web-2', 'TCP')],
	nobody: [port('shop/nobody:tcp', 'TCP'), port('shop/nobody:udp', 'UDP')],
	we: [port('shop/we', 'TCP')],
};

/** Recorded on nodes of two clusters with the same Services: web (NodePort, affinity, two ports), web-2 (a port without a name), nobody (no endpoints). */
for (const {mode, text, read, empty, web, other, taken, refused, nodePorts} of [
	{
		mode: 'iptables',
		text: fixture('iptables-save.txt'),
		read: (text: string) => actualIptables(parseIptablesSave(text, 'ipv4')),
		empty: '',
		taken: '10.96.135.134',
		refused: '10.96.60.244',
		nodePorts: ['dns/udp at node port 30516', 'http/tcp at node port 32133'],
		web: ['dns/udp 10.244.2.2:8081', 'dns/udp 10.244.3.2:8081', 'http/tcp 10.244.2.2:8080', 'http/tcp 10.244.3.2:8080'],
		other: ['/tcp 10.244.2.2:8080', '/tcp 10.244.3.2:8080'],
	},
	{
		mode: 'nftables',
		text: fixture('nft.json'),
		read: (text: string) => actualNftables(parseNft(text), 'ipv4'),
		empty: '{"nftables": []}',
		taken: '10.96.40.89',
		refused: '10.96.57.204',
		nodePorts: ['dns/udp at node port 31458', 'http/tcp at node port 30410'],
		web: ['dns/udp 10.244.1.3:8081', 'dns/udp 10.244.1.4:8081', 'http/tcp 10.244.1.3:8080', 'http/tcp 10.244.1.4:8080'],
		other: ['/tcp 10.244.1.3:8080', '/tcp 10.244.1.4:8080'],
	},
] as const) {
	const sorted = (name: string, rules: string = text): readonly string[] =>
		[...PROXY_MODES[mode].served(read(rules), PORTS[name] ?? [])].filter(one => !one.includes(' at ')).toSorted();
	test(`${mode}: node ports, of whom they are`, t => {
		const served = [...PROXY_MODES[mode].served(read(text), [...(PORTS['web'] ?? []), ...(PORTS['web-2'] ?? [])])];
		t.deepEqual(served.filter(one => one.includes(' at node port ')).toSorted(), nodePorts);
	});
	test(`${mode}: every endpoint of every port, and of no other Service`, t => {
		t.deepEqual(sorted('web'), web);
		t.deepEqual(sorted('web-2'), other);
	});
	test(`${mode}: ports that refuse`, t => {
		t.deepEqual(sorted('nobody'), ['tcp/tcp none', 'udp/udp none']);
	});
	test(`${mode}: a Service that is not there`, t => {
		t.deepEqual(sorted('we'), []);
		t.deepEqual(sorted('web', empty), []);
	});
	test(`${mode}: outer addresses that the rules take, to serve or to refuse them, and no others`, t => {
		const outerIps = [taken, refused, '198.18.0.9'];
		const at = (about: string, wish: Partial<ServedPort>) =>
			[...PROXY_MODES[mode].served(read(text), [port(about, 'TCP', {outerIps, ...wish})])].filter(one => / at [^n]/.test(one));
		t.deepEqual(at('shop/web:http', {}), [`http/tcp at ${taken}:80`, `http/tcp at ${refused}:80`]);
		t.deepEqual(at('shop/web:http', {port: 81}), []);
		t.deepEqual(at('shop/web:http', {protocol: 'UDP'}), []);
	});
	test(`${mode}: an endpoint of a Service without affinity that is not drawn is missing`, t => {
		const [, gone = ''] = other[1].split(' ');
		const [ip = '', number = ''] = gone.split(':');
		const cut = text
			.replaceAll(`,[1,{"concat":["${ip}",${number}]}]`, '')
			.split('\n')
			.filter(line => !line.includes(`--to-destination ${gone}`))
			.join('\n');
		t.deepEqual(sorted('web-2', cut), other.slice(0, 1));
	});
	test(`${mode}: an endpoint without its rule is missing`, t => {
		const [, gone = ''] = web[3].split(' ');
		const [ip = '', number = ''] = gone.split(':');
		const cut = text
			.split('\n')
			.filter(line => !(line.includes(`--to-destination ${gone}`) || line.includes(`{"dnat":{"addr":"${ip}","port":${number}}}`)))
			.join('\n');
		t.deepEqual(
			sorted('web', cut),
			web.filter(one => !one.endsWith(gone)),
		);
	});
}

const IPVS = dumpedText('1.36-ranges');
const S2 = [port('kube-system/s2', 'TCP', {clusterIp: '172.30.0.121', nodePort: 30_775})];
const S2_SERVED = ['10.244.3.2', '10.244.3.4', '192.168.0.4'].map(ip => `/tcp ${ip}:65535`);
for (const [title, ports, cut, expected] of [
	['every endpoint', S2, IPVS, S2_SERVED],
	['none', [port('shop/s0:http', 'UDP', {clusterIp: '172.30.2.103'})], IPVS, ['http/udp none']],
	['a Service that is not there', [port('shop/s', 'TCP', {clusterIp: '172.30.0.12'})], IPVS, []],
	['one that is removed', S2, IPVS.replace('-a -t 172.30.0.121:80 -r 10.244.3.4:65535 -m -w 1\n', ''), S2_SERVED.toSpliced(1, 1)],
	[
		'one that takes nothing any more',
		S2,
		IPVS.replace('172.30.0.121:80 -r 10.244.3.4:65535 -m -w 1', '172.30.0.121:80 -r 10.244.3.4:65535 -m -w 0'),
		S2_SERVED.toSpliced(1, 1),
	],
	['a cluster address that is not in its set yet', S2, IPVS.replace('add KUBE-CLUSTER-IP 172.30.0.121,tcp:80\n', ''), []],
	['a node port that is not in its set yet', S2, IPVS.replace('add KUBE-NODE-PORT-TCP 30775\n', ''), []],
] as const)
	test(`ipvs: ${title}`, t => {
		const served = [...PROXY_MODES.ipvs.served(actualIpvs(parsedDump(cut, 'ipv4'), 'ipv4'), ports)];
		t.deepEqual(served.filter(one => !one.includes(' at ')).toSorted(), [...expected]);
		t.deepEqual(
			served.filter(one => one.includes(' at ')),
			ports === S2 && expected.length > 0 ? ['/tcp at node port 30775'] : [],
		);
	});

const BALANCED = port('kube-system/s', 'TCP', {clusterIp: '172.30.0.121', port: 30_080, outerIps: ['192.168.99.138', '198.18.0.9']});
for (const [title, cut, expected] of [
	['the outer addresses that have a virtual server and are in their set', IPVS, ['/tcp at 192.168.99.138:30080']],
	['an outer address that is not in its set yet', IPVS.replace('add KUBE-LOAD-BALANCER 192.168.99.138,tcp:30080\n', ''), []],
	['an outer address without its virtual server', IPVS.replaceAll(/^-[Aa] -t 192\.168\.99\.138:30080 .*\n/gm, ''), []],
] as const)
	test(`ipvs: ${title}`, t => {
		const rules = cut
			.replace('add KUBE-CLUSTER-IP 172.30.0.121,tcp:80\n', 'add KUBE-CLUSTER-IP 172.30.0.121,tcp:30080\n')
			.replace('-A -t 172.30.0.121:80 ', '-A -t 172.30.0.121:30080 ')
			.replaceAll('-a -t 172.30.0.121:80 ', '-a -t 172.30.0.121:30080 ');
		const served = PROXY_MODES.ipvs.served(actualIpvs(parsedDump(rules, 'ipv4'), 'ipv4'), [BALANCED]);
		t.deepEqual(
			[...served].filter(one => one.includes(' at ')),
			[...expected],
		);
		t.is(served.size - expected.length, 3);
	});

test('iptables: with more than 1,000 endpoints rules of endpoints bear no comment, and are known by their chains', t => {
	const text = fixture('iptables-save.txt');
	const bare = text
		.split('\n')
		.map(line =>
			/^(?:\[\d+:\d+\] )?-A KUBE-SEP-| -j KUBE-SEP-/.test(line) ? line.replace(/ -m comment --comment (?:"[^"]*"|\S+)/, '') : line,
		)
		.join('\n');
	t.not(bare, text);
	const [served, before] = [bare, text].map(dump => {
		const graph = actualIptables(parseIptablesSave(dump, 'ipv4'));
		return Object.values(PORTS).map(ports => [...PROXY_MODES.iptables.served(graph, ports)]);
	});
	t.deepEqual(served, before);
	t.true((served?.[0] ?? []).length > 4);
});
