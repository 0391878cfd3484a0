import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {mutate} from '../../test/fuzz/mutate.ts';
import {randomFrom} from '../random.ts';
import {fieldText} from './fixtures/field.ts';
import type {NftRuleset} from './parse/nft-types.ts';
import {parseIptablesSave} from './parse/iptables-save.ts';
import {parseIpsetSave} from './parse/ipset-save.ts';
import {parseIpvsadmSave} from './parse/ipvsadm-save.ts';
import {parseAddresses, parseLinks, parseRoutes} from './parse/ip-json.ts';
import {parseNft} from './parse/nft.ts';
import {parseNftText} from './parse/nft-text/ruleset.ts';
import {parseObjects} from './parse/objects.ts';
import {renderIpset, renderIptables, renderIpvs} from './parse/render.ts';
import {readText, type TextFacts, type TextOptions} from './read-text.ts';

const factsOf = (text: string, options?: TextOptions): TextFacts => {
	const read = readText(text, options);
	if (!read.ok) throw new Error(read.why);
	if (read.remainder.length > 0) throw new Error(JSON.stringify(read.remainder));
	return read.facts;
};

const valueOf = <Name extends keyof TextFacts>(name: Name, text: string, options?: TextOptions) => {
	const fact = factsOf(text, options)[name];
	if (!fact?.ok) throw new Error(`no ${name} in ${JSON.stringify(Object.keys(factsOf(text, options)))}`);
	return fact.value as Extract<NonNullable<TextFacts[Name]>, {ok: true}>['value'];
};

/** Without what only one of nft's two forms tells: handles, the comment of a table, and the JSON itself. */
const told = ({tables}: NftRuleset) =>
	[...tables].map(([id, {chains, sets, maps}]) => ({
		id,
		chains: [...chains.values()].map(({name, base, rules}) => ({
			name,
			base,
			rules: rules.map(({position, comment, statements}) => ({position, comment, statements})),
		})),
		sets: [...sets.values()],
		maps: [...maps.values()],
	}));

const json = (...objects: readonly object[]): string =>
	JSON.stringify({nftables: [{table: {family: 'inet', name: 't'}}, ...objects.map(one => one)]});
const chain = {chain: {family: 'inet', table: 't', name: 'c', type: 'filter', hook: 'forward', prio: -10, policy: 'drop'}};
const rule = (...expr: readonly unknown[]) => ({rule: {family: 'inet', table: 't', chain: 'c', expr}});
const tcp = (field: string) => ({payload: {protocol: 'tcp', field}});

test('nft list ruleset as text is read as its JSON, with handles and without', t => {
	const expected = told(parseNft(fieldText('nft-list.json')));
	t.deepEqual(told(valueOf('nft', fieldText('nft-list.txt'))), expected);
	let handle = 0;
	const withHandles = fieldText('nft-list.txt').replaceAll(/^(?!\s*(?:type|comment|elements) )(.*(?:[^{},\s]|[\w"] \{| \}))$/gm, line =>
		/^\t}$|^}$/.test(line) ? line : `${line} # handle ${++handle}`,
	);
	t.true(handle > 20);
	const listed = valueOf('nft', withHandles);
	t.deepEqual(told(listed), expected);
	t.true([...listed.tables.values()][0]!.chains.get('services')!.rules.every(each => each.handle !== undefined));
});

const STATEMENTS: ReadonlyArray<readonly [text: string, ...json: readonly unknown[]]> = [
	[
		'ct state established,related accept',
		{match: {op: 'in', left: {ct: {key: 'state'}}, right: ['established', 'related']}},
		{accept: null},
	],
	[
		'tcp dport { 22, 80-90 } limit rate over 10/second burst 5 packets drop',
		{match: {op: '==', left: tcp('dport'), right: {set: [22, {range: [80, 90]}]}}},
		{limit: {rate: 10, per: 'second', burst: 5, inv: true}},
		{drop: null},
	],
	[
		'meta nfproto ipv6 fib saddr . mark . iif oif missing drop',
		{match: {op: '==', left: {meta: {key: 'nfproto'}}, right: 'ipv6'}},
		{match: {op: '==', left: {fib: {result: 'oif', flags: ['saddr', 'mark', 'iif']}}, right: false}},
		{drop: null},
	],
	[
		'tcp flags syn / fin,syn,rst,ack counter packets 5 bytes 300 jump c',
		{match: {op: '==', left: {'&': [tcp('flags'), ['fin', 'syn', 'rst', 'ack']]}, right: 'syn'}},
		{counter: {packets: 5, bytes: 300}},
		{jump: {target: 'c'}},
	],
	[
		'oifname != "docker0" ip saddr 172.17.0.0/16 masquerade fully-random',
		{match: {op: '!=', left: {meta: {key: 'oifname'}}, right: 'docker0'}},
		{match: {op: '==', left: {payload: {protocol: 'ip', field: 'saddr'}}, right: {prefix: {addr: '172.17.0.0', len: 16}}}},
		{masquerade: {flags: ['fully-random']}},
	],
	['queue flags bypass to 101', {queue: {num: 101, flags: 'bypass'}}],
	['queue num 1-3 bypass,fanout', {queue: {num: {range: [1, 3]}, flags: ['bypass', 'fanout']}}],
	['dnat ip6 to [fd00::1]:80', {dnat: {family: 'ip6', addr: 'fd00::1', port: 80}}],
	[
		'dnat ip to tcp dport map { 80 : 10.0.0.1 . 8080 }',
		{dnat: {family: 'ip', addr: {map: {key: tcp('dport'), data: {set: [[80, {concat: ['10.0.0.1', 8080]}]]}}}}},
	],
	[
		'ip daddr . tcp dport vmap { 192.0.2.1 . 80 : drop, 192.0.2.2 . 80 : goto c }',
		{
			vmap: {
				key: {concat: [{payload: {protocol: 'ip', field: 'daddr'}}, tcp('dport')]},
				data: {
					set: [
						[{concat: ['192.0.2.1', 80]}, {drop: null}],
						[{concat: ['192.0.2.2', 80]}, {goto: {target: 'c'}}],
					],
				},
			},
		},
	],
	[
		'log prefix "IN: " level info reject with icmpx type admin-prohibited',
		{log: {prefix: 'IN: ', level: 'info'}},
		{reject: {type: 'icmpx', expr: 'admin-prohibited'}},
	],
	['reject', {reject: {type: 'icmpx', expr: 'port-unreachable'}}],
	['ct count over 20 reject with tcp reset', {'ct count': {val: 20, inv: true}}, {reject: {type: 'tcp reset'}}],
	[
		'meta mark set meta mark & 0xffffbfff | 0x1',
		{mangle: {key: {meta: {key: 'mark'}}, value: {'|': [{'&': [{meta: {key: 'mark'}}, 0xff_ff_bf_ff]}, 1]}}},
	],
	[
		'xt match "recent" counter packets 0 bytes 0 drop',
		{xt: {type: 'match', name: 'recent'}},
		{counter: {packets: 0, bytes: 0}},
		{drop: null},
	],
];

for (const [text, ...expr] of STATEMENTS)
	test(`nft's text: ${text}`, t => {
		const ruleset = parseNftText(
			`table inet t { # handle 1\n\tchain c { # handle 2\n\t\ttype filter hook forward priority filter - 10; policy drop;\n\t\t${text} # handle 3\n\t}\n}\n`,
		);
		const same = parseNft(json(chain, rule(...expr)));
		t.deepEqual(told(ruleset), told(same));
		t.deepEqual(ruleset.remainder.length, same.remainder.length);
	});

test("what of nft's text is not read stays in its rule as unknown, and a table that is cut off is told", t => {
	const ruleset = parseNftText('table inet t {\n\tchain c {\n\t\tsocket transparent 1 accept\n\t\taccept\n\t}\n}\n');
	t.is(ruleset.remainder.length, 1);
	const rules = [...ruleset.tables.values()][0]?.chains.get('c')?.rules;
	t.like(rules?.[0]?.statements, [{kind: 'unknown'}]);
	t.like(rules?.[1]?.statements, [{kind: 'verdict'}]);
	for (const cut of ['table inet t {\n\tchain c {\n\t\taccept\n', 'table inet t {\n\tset s {\n\t\telements = { 1,\n', 'table inet'])
		t.is(parseNftText(cut).remainder.length, 1, cut);
});

test('iptables -S is iptables-save of one table, which has to be told', t => {
	const text = fieldText('iptables-S.txt');
	const dump = valueOf('iptables', text, {table: 'nat'});
	const saved = `*nat\n${text.replaceAll(/^-P (\S+) (\S+)$/gm, ':$1 $2 [0:0]').replaceAll(/^-N (\S+)$/gm, ':$1 - [0:0]')}COMMIT\n`;
	t.is(renderIptables(dump), renderIptables(parseIptablesSave(saved, 'ipv4')).replaceAll(' [0:0]', ''));
	t.is(dump.tables.get('nat')?.chains.get('PREROUTING')?.rules[0]?.line, 8);
	t.deepEqual(readText(text), {
		ok: false,
		why: 'this is iptables -S, which does not say which table it is of: tell the table, or run iptables-save instead',
	});
});

test('iptables -S -v has counters, and ip6tables -S addresses of IPv6', t => {
	const dump = valueOf('ip6tables', '-P INPUT ACCEPT -c 10 600\n-A INPUT -s fd00::/8 -c 5 300 -j DROP\n', {table: 'filter'});
	t.like(dump.tables.get('filter')?.chains.get('INPUT')?.rules[0], {
		text: '-A INPUT -s fd00::/8 -j DROP',
		counters: {packets: 5, bytes: 300},
		position: 1,
	});
});

test('ipvsadm -Ln is ipvsadm-save -n', t => {
	const {services} = valueOf('ipvs', fieldText('ipvsadm-Ln.txt'));
	t.is(
		renderIpvs({services, remainder: []}),
		renderIpvs(
			parseIpvsadmSave(`-A -t 10.96.0.1:443 -s rr -p 10800
-a -t 10.96.0.1:443 -r 192.0.2.21:6443 -m -w 1
-A -t 10.96.0.20:80 -s rr
-a -t 10.96.0.20:80 -r 10.244.2.9:8080 -m -w 0
-A -u 10.96.0.10:53 -s rr
-a -u 10.96.0.10:53 -r 10.244.0.5:53 -m -w 1
-A -t [fd00:10:96::1]:443 -s rr
-a -t [fd00:10:96::1]:443 -r [2001:db8::21]:6443 -m -w 1
`),
		),
	);
	const other = valueOf(
		'ipvs',
		'SCTP 192.0.2.1:7 mh (mh-port) persistent 60 mask 255.255.255.0\n  -> 192.0.2.9:7                  Route   3      0          0\n',
	);
	t.like(other.services[0], {protocol: 'SCTP', persistentSeconds: 60, persistentMask: '255.255.255.0', schedulerFlags: ['mh-port']});
	t.like(other.services[0]?.destinations, [{forwarding: 'route', weight: 3}]);
	const marked = readText('IP Virtual Server version 1.2.1 (size=4096)\nTCP  192.0.2.1:7 rr\nFWM  1 rr\n');
	t.like(marked, {ok: true, remainder: [{line: 3, text: 'FWM  1 rr'}]});
});

test('ipset list is ipset save', t => {
	const dump = valueOf('ipset', fieldText('ipset-list.txt'));
	t.is(
		renderIpset(dump),
		renderIpset(
			parseIpsetSave(`create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x12345678
add KUBE-CLUSTER-IP 10.96.0.1,tcp:443
add KUBE-CLUSTER-IP 10.96.0.10,udp:53
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30080
create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x23456789
`),
		),
	);
	const odd =
		'Name: a\nType: hash:net\nRevision: 1\nHeader: family inet timeout 300\nMembers:\n10.0.0.0/8 timeout 12 nomatch\nsomething with words\n';
	t.like(readText(odd), {ok: true, remainder: [{line: 7}]});
	t.like(valueOf('ipset', odd.replace('something with words\n', '')).sets.get('a')?.entries, [{options: {timeout: '12', nomatch: ''}}]);
});

test('conntrack -L leaves out the family', t => {
	const {entries, remainder} = valueOf('conntrack', fieldText('conntrack-list.txt'));
	t.deepEqual(remainder, []);
	t.like(entries, [
		{family: 'ipv4', protocol: 'udp', timeoutSeconds: 29, flags: ['UNREPLIED'], reply: {source: '10.244.0.10'}},
		{family: 'ipv4', protocol: 'tcp', state: 'ESTABLISHED', flags: ['ASSURED'], reply: {source: '10.244.2.9'}},
	]);
	const v6 =
		'tcp      6 5 TIME_WAIT src=fd00::1 dst=fd00::2 sport=1 dport=2 src=fd00::2 dst=fd00::1 sport=2 dport=1 [ASSURED] mark=0 use=1\n';
	t.like(valueOf('conntrackIpv6', v6).entries, [{family: 'ipv6'}]);
	const file = v6.replace('tcp ', 'ipv6     10 tcp ').replaceAll('[ASSURED] ', '');
	t.like(valueOf('conntrackIpv6', file).entries, [{family: 'ipv6', protocol: 'tcp'}], '/proc/net/nf_conntrack');
});

test('routes of old versions of iproute2 have types as bare words', t => {
	const {items} = valueOf('routes', fieldText('routes-of-old-iproute2.json'));
	t.deepEqual(
		items.map(({type}) => type),
		['unicast', 'unicast', 'broadcast', 'local', 'blackhole'],
	);
	t.deepEqual(
		valueOf('routesIpv6', '[{"unreachable","dst":"fd00::/8","dev":"lo"},{"multicast","dst":"ff00::/8"}]').items.map(({type}) => type),
		['unreachable', 'multicast'],
	);
	t.is(parseRoutes('[{"local","dst":"10.0.0.1"').remainder.length, 1, 'what is cut off is none');
});

test('ip addr and ip route as people paste them', t => {
	const text = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
3: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP group default
    link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 192.0.2.11/24 brd 192.0.2.255 scope global eth0
    inet6 2001:db8::11/64 scope global dynamic mngtmpaddr
       valid_lft 2591991sec preferred_lft 604791sec
4: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN group default qlen 1000
    link/ipip 0.0.0.0 brd 0.0.0.0
`;
	const asJson = JSON.stringify([
		{
			ifindex: 1,
			ifname: 'lo',
			flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
			mtu: 65_536,
			operstate: 'UNKNOWN',
			address: '00:00:00:00:00:00',
			addr_info: [{family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host'}],
		},
		{
			ifindex: 3,
			ifname: 'eth0',
			flags: ['UP'],
			mtu: 1500,
			operstate: 'UP',
			master: 'br0',
			address: '02:42:ac:11:00:02',
			addr_info: [
				{family: 'inet', local: '192.0.2.11', prefixlen: 24, scope: 'global'},
				{family: 'inet6', local: '2001:db8::11', prefixlen: 64, scope: 'global'},
			],
		},
		{ifindex: 4, ifname: 'tunl0', flags: ['NOARP'], mtu: 1480, operstate: 'DOWN', addr_info: []},
	]);
	t.deepEqual(valueOf('addresses', text).items, parseAddresses(asJson).items);
	t.deepEqual(valueOf('links', text).items, parseLinks(asJson).items);
	t.deepEqual(valueOf('addresses', asJson).items, parseAddresses(asJson).items);
	const routes = `default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.11 metric 100
10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1 linkdown
blackhole 10.244.3.0/26 proto bird
local 192.0.2.11 dev eth0 table local proto kernel scope host src 192.0.2.11
10.0.0.0/8 proto static metric 20
	nexthop via 192.0.2.2 dev eth0 weight 1
`;
	t.deepEqual(
		valueOf('routes', routes).items,
		parseRoutes(
			JSON.stringify([
				{dst: 'default', gateway: '192.0.2.1', dev: 'eth0', prefsrc: '192.0.2.11', metric: 100},
				{dst: '10.244.1.0/24', dev: 'cni0', prefsrc: '10.244.1.1'},
				{type: 'blackhole', dst: '10.244.3.0/26'},
				{type: 'local', dst: '192.0.2.11', dev: 'eth0', table: 'local', prefsrc: '192.0.2.11'},
				{dst: '10.0.0.0/8', metric: 20},
			]),
		).items,
	);
	t.like(valueOf('routesIpv6', 'fd00::/64 dev eth0 proto kernel metric 256 pref medium\ndefault via fe80::1 dev eth0\n').items, [
		{destination: 'fd00::/64', metric: 256},
		{gateway: 'fe80::1'},
	]);
});

test('ss with its heading', t => {
	const {listeners} = valueOf(
		'listeners',
		'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\ntcp   LISTEN 0      4096         *:10250      *:*     users:(("kubelet",pid=1,fd=2))\n',
	);
	t.like(listeners, [{port: 10_250, processes: [{name: 'kubelet', pid: 1}]}]);
});

test('objects of the API, as YAML, as JSON, as lists', t => {
	const {objects} = parseObjects(fieldText('slice-port-name.yaml'));
	t.deepEqual(
		objects.map(({kind}) => kind),
		['Service', 'EndpointSlice'],
	);
	const lists = JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects});
	t.deepEqual(readText(lists), {ok: true, form: 'kubectl get -o yaml', facts: {}, objects, remainder: []});
	const typed = 'apiVersion: v1\nkind: ServiceList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n';
	t.like(parseObjects(typed).objects, [{kind: 'Service', metadata: {name: 'a'}}, {kind: 'Service'}]);
	t.like(parseObjects('apiVersion: v1\nkind: [\n').remainder, [{line: 1}]);
	t.like(parseObjects('a: 1\n').remainder, [{why: 'not an object of the API: it has no apiVersion and kind'}]);
});

for (const [text, why] of [
	[
		'Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target prot opt in out source destination\n',
		'this is iptables -L, which is not read: run iptables-save instead',
	],
	[
		'Chain KUBE-SERVICES (2 references)\ntarget     prot opt source               destination\n',
		'this is iptables -L, which is not read: run iptables-save instead',
	],
	[
		'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address\n',
		'this is netstat, which is not read: run ss -l -t -u -n -p instead',
	],
	[
		'NAMESPACE     NAME       TYPE        CLUSTER-IP   EXTERNAL-IP\n',
		'this is a table of kubectl get, which is not read: run kubectl get … -o yaml instead',
	],
	[
		'Kernel IP routing table\nDestination     Gateway\n',
		'this is route or netstat -r, which is not read: run ip route show table all instead',
	],
] as const)
	test(`not read: ${text.split('\n')[0]}`, t => {
		t.deepEqual(readText(text), {ok: false, why});
	});

test('a text of no form that is known says how it begins', t => {
	const read = readText('hello\nworld\n');
	t.regex(read.ok ? '' : read.why, /^not a text that is known, it begins with "hello": /);
});

test('damaged texts: nothing throws, and what is read is read whole', t => {
	const random = randomFrom(7);
	const names = readdirSync(join(import.meta.dirname, 'fixtures/field')).filter(name => name !== 'README.md');
	const texts = [
		...names.map(name => fieldText(name)),
		...STATEMENTS.map(([text]) => `table inet t {\n\tchain c {\n\t\t${text}\n\t}\n}\n`),
	];
	for (let round = 0; round < 20; round++)
		for (const text of texts) t.notThrows(() => readText(mutate(text, random), {table: 'nat'}), text);
	t.true(names.length >= 26);
});
