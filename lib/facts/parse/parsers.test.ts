import test from 'ava';
import {parseConntrack} from './conntrack.ts';
import {fixture} from '../../../test/fuzz/fuzz.ts';
import {hostPort} from './host-port.ts';
import {parseAddresses, parseLinks, parseNeighbours, parseQueues, parseRoutes, parseRoutingRules} from './ip-json.ts';
import {parseIpsetSave} from './ipset-save.ts';
import {parseIpvsadmSave} from './ipvsadm-save.ts';
import {parseMetrics, valueOf} from './metrics.ts';
import {renderIpset, renderIpvs} from './render.ts';
import {parsePs} from './ps.ts';
import {parseSs} from './ss.ts';
import {parseSysctls} from './sysctls.ts';

const odd = ({remainder}: {readonly remainder: readonly {readonly line: number; readonly why: string}[]}) =>
	remainder.map(({line, why}) => [line, why]);

test('ipset save', t => {
	const dump = parseIpsetSave(fixture('ipset-save.txt'));
	t.deepEqual(odd(dump), []);
	t.is(renderIpset(dump), fixture('ipset-save.txt'));
	t.deepEqual(
		dump.sets.get('KUBE-CLUSTER-IP')?.entries.map(({parts}) => parts),
		[
			['10.96.0.13', 'sctp:3868'],
			['10.96.0.10', 'udp:53'],
			['10.96.0.1', 'tcp:443'],
		],
	);
	t.like(dump.sets.get('KUBE-NODE-PORT-TCP'), {type: 'bitmap:port', options: {range: '0-65535'}});
	t.deepEqual(dump.sets.get('timed')?.entries[0]?.options, {
		timeout: '59',
		packets: '5',
		bytes: '300',
		skbmark: '0x1/0xff',
		skbprio: '1:10',
		skbqueue: '2',
	});
	t.deepEqual(dump.sets.get('empty')?.entries, []);
	t.like(parseIpsetSave('create a hash:ip comment\nadd a 10.0.0.1 comment "one two" nomatch').sets.get('a')?.entries[0], {
		options: {comment: 'one two', nomatch: ''},
	});
	t.deepEqual(
		odd(
			parseIpsetSave(
				'add a 10.0.0.1\ncreate a hash:ip\ncreate a hash:ip\nadd a 10.0.0.1 newoption 3\nadd a 10.0.0.1 timeout\nswap a b\nadd a "x',
			),
		),
		[
			[1, 'set a is not created'],
			[3, 'set a is created twice'],
			[4, 'an option that is not known'],
			[5, 'an option that is not known'],
			[6, 'not a line of ipset save'],
			[7, 'a quote is not closed'],
		],
	);
});

test('ipvsadm-save -n', t => {
	const dump = parseIpvsadmSave(fixture('ipvsadm-save.txt'));
	t.deepEqual(odd(dump), []);
	t.is(renderIpvs(dump), fixture('ipvsadm-save.txt'));
	t.deepEqual(dump.services[1], {
		protocol: 'TCP',
		address: '10.96.0.10',
		port: 53,
		scheduler: 'rr',
		persistentSeconds: 10_800,
		onePacket: false,
		schedulerFlags: [],
		line: 3,
		destinations: [
			{address: '10.244.0.2', port: 53, forwarding: 'masquerading', weight: 1, line: 4},
			{address: '10.244.1.2', port: 53, forwarding: 'masquerading', weight: 0, line: 5},
		],
	});
	t.like(dump.services[2], {schedulerFlags: ['mh-fallback', 'mh-port'], persistentMask: '255.255.255.0', destinations: []});
	t.like(dump.services[3], {address: 'fd00:10:96::1', port: 443});
	t.deepEqual(
		odd(
			parseIpvsadmSave(
				'-A -f 1 -s rr\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1\n-A -t 10.0.0.1:80\n-A -t 10.0.0.1:80 -s rr\n-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -g -w 1\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1 --tun-type gue\n-A -t http:www -s rr',
			),
		).map(([line]) => line),
		[1, 2, 3, 5, 6, 7, 8],
	);
});

test('conntrack -L -o extended', t => {
	const dump = parseConntrack(fixture('conntrack.txt'));
	t.deepEqual(odd(dump), []);
	t.is(dump.entries.length, 14);
	t.deepEqual(
		dump.entries.find(({state, original}) => state === 'ESTABLISHED' && original.destination === '10.96.0.1'),
		{
			family: 'ipv4',
			protocol: 'tcp',
			line: 9,
			timeoutSeconds: 86_372,
			state: 'ESTABLISHED',
			flags: ['ASSURED'],
			mark: 0,
			original: {source: '10.244.1.2', destination: '10.96.0.1', sourcePort: 45_614, destinationPort: 443},
			reply: {source: '172.18.0.2', destination: '172.18.0.11', sourcePort: 6443, destinationPort: 45_614},
		},
	);
	t.deepEqual(dump.entries.find(({protocol}) => protocol === 'icmp')?.original, {source: '172.18.0.11', destination: '10.244.2.2'});
	// From conntrack(8) and its source: counters, zones, IPv6, flows of a device.
	const other = parseConntrack(
		[
			'ipv6     10 udp      17 29 src=fd00::1 dst=fd00::2 sport=1 dport=53 packets=1 bytes=70 src=fd00::2 dst=fd00::1 sport=53 dport=1 packets=1 bytes=90 mark=16384 zone=3 use=1',
			'ipv4     2 tcp      6 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [OFFLOAD] mark=0 use=2',
			'tcp      6 58 TIME_WAIT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1',
			'ipv4     2 tcp      6 58 CLOSE src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2',
			'ipv4     2 tcp      6 58 CLOSE src=10.0.0.1 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1',
		].join('\n'),
	);
	t.like(other.entries[0], {family: 'ipv6', mark: 16_384, zone: 3, original: {packets: 1, bytes: 70}, reply: {bytes: 90}});
	t.is(other.entries[1]?.timeoutSeconds, undefined);
	t.deepEqual(other.entries[1]?.flags, ['OFFLOAD']);
	t.like(other.entries[2], {family: 'ipv4', state: 'TIME_WAIT'}, 'without -o extended');
	t.deepEqual(odd(other), [
		[4, 'not two directions'],
		[5, 'not two directions'],
	]);
});

test('ss -H -l -t -u -n -p', t => {
	const dump = parseSs(fixture('ss.txt'));
	t.deepEqual(odd(dump), []);
	t.deepEqual(
		dump.listeners.map(({protocol, address, port, processes}) => [protocol, address, port, processes[0]?.name]),
		[
			['tcp', '0.0.0.0', 30_900, 'kube-proxy'],
			['tcp', '127.0.0.1', 10_248, 'kubelet'],
			['tcp', '127.0.0.1', 10_249, 'kube-proxy'],
			['tcp', '127.0.0.1', 40_765, 'containerd'],
			['tcp', '*', 10_250, 'kubelet'],
			['tcp', '*', 10_256, 'kube-proxy'],
		],
	);
	const other = parseSs(
		'udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*\ntcp LISTEN 0 1 [::1]:631 [::]:* users:(("a",pid=1,fd=2),("b c",pid=3,fd=4))\nu_str LISTEN 0 1 /run/x 1 * 0\ntcp LISTEN 0 1',
	);
	t.deepEqual(other.listeners, [
		{protocol: 'udp', address: '127.0.0.53', port: 53, device: 'lo', processes: []},
		{
			protocol: 'tcp',
			address: '::1',
			port: 631,
			processes: [
				{name: 'a', pid: 1},
				{name: 'b c', pid: 3},
			],
		},
	]);
	t.deepEqual(odd(other), [
		[3, 'not a listener'],
		[4, 'not a listener'],
	]);
});

for (const [text, expected] of [
	['10.0.0.1:80', {host: '10.0.0.1', port: 80}],
	['[fd00::1]:443', {host: 'fd00::1', port: 443}],
	['*:53', {host: '*', port: 53}],
	['[fe80::1%eth0]:1', {host: 'fe80::1', port: 1, device: 'eth0'}],
	['[fe80::1]%eth0:546', {host: 'fe80::1', port: 546, device: 'eth0'}],
	['fd00::1:80', undefined],
	['10.0.0.1', undefined],
	['10.0.0.1:http', undefined],
	['10.0.0.1:70000', undefined],
	['', undefined],
] as const) {
	test(`address and port: ${text}`, t => t.deepEqual(hostPort(text), expected));
}

test('ip -j', t => {
	const [links, addresses, routes, neighbours] = [
		parseLinks(fixture('ip-link.json')),
		parseAddresses(fixture('ip-addr.json')),
		parseRoutes(fixture('ip-route.json')),
		parseNeighbours(fixture('ip-neigh.json')),
	];
	t.deepEqual([links, addresses, routes, neighbours].flatMap(odd), []);
	t.deepEqual(
		links.items.map(({name, kind, up, master, mtu}) => [name, kind, up, master, mtu]),
		[
			['lo', undefined, true, undefined, 65_536],
			['eth0', 'veth', true, undefined, 1500],
			['cni0', 'bridge', true, undefined, 1500],
			['vethec8cabec', 'veth', true, 'cni0', 1500],
		],
	);
	t.deepEqual(
		addresses.items.map(({device, family, address, prefixLength}) => [device, family, address, prefixLength]),
		[
			['lo', 'ipv4', '127.0.0.1', 8],
			['eth0', 'ipv4', '172.18.0.11', 24],
			['cni0', 'ipv4', '10.244.1.1', 24],
		],
	);
	t.is(routes.items.length, 12);
	t.deepEqual(routes.items[0], {destination: 'default', type: 'unicast', table: 'main', gateway: '172.18.0.1', device: 'eth0'});
	t.like(
		routes.items.find(({destination}) => destination === '172.18.0.11'),
		{type: 'local', table: 'local'},
	);
	t.like(
		neighbours.items.find(({address}) => address === '10.244.1.10'),
		{states: ['INCOMPLETE'], mac: undefined},
	);
	t.deepEqual(
		odd(parseRoutes('')).map(([line]) => line),
		[0],
	);
	t.deepEqual(odd(parseRoutes('{}')), [[0, 'not a list']]);
	t.deepEqual(
		odd(parseRoutes('[{"dst": "default"}, 3, {}]')).map(([line]) => line),
		[2, 3],
	);
	t.deepEqual(odd(parseAddresses('[{"ifname": "a", "addr_info": [{"family": "mctp"}]}]')).length, 1);
	t.deepEqual(parseRoutes('[]\n'), {items: [], remainder: []});
});

test('ip -j rule', t => {
	const {items, remainder} = parseRoutingRules(fixture('ip-rule.json'));
	t.deepEqual(remainder, []);
	t.deepEqual(items, [
		{priority: 0, table: 'local', others: []},
		{priority: 90, destination: '10.244.2.0/24', action: 'unreachable', others: []},
		{priority: 91, source: '10.244.1.0/24', table: '191', others: []},
		{priority: 92, destination: '10.244.2.7', in: 'lo', table: '192', others: []},
		{priority: 93, table: '193', others: ['fwmark', 'fwmask']},
		{priority: 94, action: 'goto 32766', others: []},
		{priority: 95, table: 'main', others: ['not', 'suppress_prefixlen']},
		{priority: 32_766, table: 'main', others: []},
		{priority: 32_767, table: 'default', others: []},
	]);
	t.is(odd(parseRoutingRules('[{"src": "all"}]')).length, 1);
});

test('tc -s -j qdisc show', t => {
	const {items, remainder} = parseQueues(fixture('tc-qdisc.json'));
	t.deepEqual(remainder, []);
	t.deepEqual(items, [
		{device: 'lo', kind: 'noqueue', drops: 0},
		{device: 'eth0', kind: 'tbf', drops: 12},
		{device: 'eth1', kind: 'netem', drops: 3, loss: 0.5},
	]);
});

test('sysctl', t => {
	const {values, remainder} = parseSysctls(`${fixture('sysctls.txt')}a.b = \nnet.ipv4.ip_local_port_range = 32768\t60999\n`);
	t.deepEqual(remainder, []);
	t.deepEqual(
		[values.get('net.ipv4.ip_forward'), values.get('a.b'), values.get('net.ipv4.ip_local_port_range')],
		['1', '', '32768\t60999'],
	);
	t.deepEqual(odd(parseSysctls('a = 1\na = 2\nsysctl: no')), [
		[2, 'a occurs twice'],
		[3, 'not a sysctl with its value'],
	]);
});

test("kube-proxy's metrics", t => {
	const metrics = parseMetrics(fixture('metrics.txt'));
	t.deepEqual(odd(metrics), []);
	t.is(valueOf(metrics, 'kubeproxy_sync_proxy_rules_iptables_total', {table: 'nat'}), 179);
	t.is(valueOf(metrics, 'kubeproxy_sync_proxy_rules_iptables_total', {table: 'raw'}), undefined);
	t.is(metrics.samples.find(({name}) => name === 'kubernetes_build_info')?.labels['git_version'], 'v1.36.3');
	const other = parseMetrics('a{b="x\\"y\\\\z\\n",c="}"} +Inf 1700000000000\na NaN\na 1e+09\na constructor\na{b=x} 1\na');
	t.deepEqual(other.samples, [
		{name: 'a', labels: {b: 'x"y\\z\n', c: '}'}, value: Infinity},
		{name: 'a', labels: {}, value: NaN},
		{name: 'a', labels: {}, value: 1e9},
	]);
	t.deepEqual(
		odd(other).map(([line]) => line),
		[4, 5, 6],
	);
});

test('ps', t => {
	const {processes, remainder} = parsePs(fixture('ps.txt'));
	t.deepEqual(remainder, []);
	t.is(processes.length, 10);
	t.deepEqual(processes.slice(7, 9), [
		{pid: 205, state: 'Tsl', command: 'kube-proxy'},
		{pid: 319, state: 'Z', command: 'iptables-restor'},
	]);
	t.deepEqual(odd(parsePs('  1 S\nx S init\n2 Ss two words')), [
		[1, 'not a process'],
		[2, 'not a process'],
	]);
});
