import type {V1EndpointSlice, V1Pod, V1Service} from '@kubernetes/client-node';
import test from 'ava';
import type {Fact} from '../facts/fact.ts';
import {recordedDump} from '../model/rules/fixtures/recorded.ts';
import {detailOf} from './chain.ts';
import type {ChainFacts} from './facts.ts';
import {facts, gone, HUNG, LOST, MADE, ok, page, PODS, process, REFUSED, syncedAt, toNode, toPod, type Change} from './fixtures/healthy.ts';
import {versionsOf} from './versions.ts';
import {walk} from './walk.ts';

const told = (chain: ReturnType<typeof walk>): string => (chain.broken ? `${chain.broken.layer}: ${detailOf(chain)}` : 'nothing');

const valueOf = <T>(fact: Fact<readonly T[]>): readonly T[] => (fact.ok ? fact.value : []);
const services =
	(change: (service: V1Service) => V1Service) =>
	({services: all}: ChainFacts) => ({services: ok(valueOf(all).map(each => change(each)))});
const moreSlices =
	(...slices: readonly V1EndpointSlice[]) =>
	({slices: all}: ChainFacts) => ({slices: ok([...valueOf(all), ...slices])});
const FOREIGN: V1EndpointSlice = {
	addressType: 'IPv4',
	metadata: {
		name: 'plain-foreign',
		namespace: 'shop',
		labels: {'kubernetes.io/service-name': 'plain', 'endpointslice.kubernetes.io/managed-by': 'somebody'},
	},
	endpoints: [{addresses: ['10.244.0.2'], conditions: {ready: true}}],
	ports: [{name: '', port: 8080, protocol: 'TCP'}],
};

/** The check has seen the rules of all Services complete, and nothing has changed since. */
const seen = ({services: all, slices}: ChainFacts) => ({
	seen: new Map(valueOf(all).map(service => [`shop/${service.metadata?.name}`, versionsOf(service, valueOf(slices))])),
});
/** The Services have changed since. */
const seenOtherwise = () => ({
	seen: new Map([
		['shop/plain', 'x@1'],
		['shop/np-multi', 'y@1'],
	]),
});

const DNAT = '-A KUBE-SEP-LVDI3GOMUPZLTOMM -p tcp -m comment --comment "shop/plain" -m tcp -j DNAT --to-destination 10.244.1.3:8080\n';
const lacking = (line: string): string => {
	const dump = recordedDump('iptables', 'worker-2');
	if (!dump.includes(line)) throw new Error(`the recorded dump does not hold ${line}`);
	return dump.replace(line, '');
};
const NEVER_MADE = recordedDump('iptables', 'worker-2')
	.split('\n')
	.filter(line => !/shop\/plain\b|SVC-4L2NZUDU6Y3XKD7W|SEP-(?:LVDI3GOMUPZLTOMM|JULUSVKMMD2FVNVG)/.test(line))
	.join('\n');
const hostPorts = (dnat: string): string =>
	recordedDump('iptables', 'worker-2')
		.replace('*nat\n', '*nat\n:CNI-HOSTPORT-DNAT - [0:0]\n:CNI-DN-abc - [0:0]\n')
		.replace(
			'-A PREROUTING',
			`-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"vipcheck\\" id: \\"0123\\"" -m multiport --dports 18080 -j CNI-DN-abc
-A CNI-DN-abc -s 127.0.0.1/32 -p tcp -m tcp --dport 18080 -j CNI-HOSTPORT-SETMARK
${dnat}-A PREROUTING`,
		);
const HOSTED: V1Pod = {...PODS[1], spec: {...PODS[1].spec, containers: [{name: 'echo', ports: [{containerPort: 8080, hostPort: 18_080}]}]}};
const hosted = () => ({pods: ok([PODS[0], HOSTED, PODS[2]])});
const filter = (rules: string): string =>
	recordedDump('iptables', 'worker-2')
		.replace('COMMIT', 'COMMIT\n*mangle\n:FORWARD ACCEPT [0:0]\n:guard - [0:0]\nCOMMIT')
		.replace(/\*filter\n(:.*\n)+/, found => `${found}:guard - [0:0]\n${rules}`);
const HANGS = {processes: process('Tsl'), livez: {missing: 'not asked'}, metrics: {missing: 'not looked at'}};
const missing = (name: string) => `nat ${name} on worker-2 lacks -p tcp -j DNAT --to-destination 10.244.1.3:8080 (shop/plain)`;

const CASES: ReadonlyArray<readonly [title: string, change: Change, expected: string | RegExp]> = [
	['nothing', {}, 'nothing'],
	['nothing, in nftables', {mode: 'nftables'}, 'nothing'],
	[
		'a Service without an address',
		{facts: services(service => ({...service, spec: {...service.spec, clusterIP: ''}}))},
		'api: Service shop/np-multi has no cluster address (and 1 more)',
	],
	[
		'a Service of the other family',
		{facts: services(service => ({...service, spec: {...service.spec, ipFamilies: ['IPv6'], clusterIPs: ['fd00::1']}}))},
		'api: Service shop/np-multi has no IPv4 address, only fd00::1 (and 1 more)',
	],
	[
		'a foreign slice',
		{facts: moreSlices(FOREIGN)},
		'endpoints: EndpointSlice shop/plain-foreign (managed by somebody) holds 10.244.0.2 port 8080, which is no pod of the selector app=web',
	],
	[
		'a slice with another port',
		{facts: moreSlices({...FOREIGN, endpoints: [{addresses: ['10.244.1.3']}], ports: [{name: '', port: 9}]})},
		'endpoints: EndpointSlice shop/plain-foreign (managed by somebody) holds 10.244.1.3 with port 9 for its port, not 8080',
	],
	[
		'a pod that is not ready, held as ready',
		{facts: () => ({pods: ok([{...PODS[0], status: {podIPs: [{ip: '10.244.1.3'}]}}, PODS[1], PODS[2]])})},
		/^endpoints: EndpointSlice shop\/np-multi-\w+ \(managed by \S+\) holds 10\.244\.1\.3 as ready, but pod web-1 is not \(and 1 more\)$/,
	],
	[
		'a ready pod that no slice holds',
		{
			facts: () => ({
				pods: ok([
					...PODS,
					{...PODS[0], metadata: {...PODS[0].metadata, name: 'web-4'}, status: {...PODS[0].status, podIPs: [{ip: '10.244.1.9'}]}},
				]),
			}),
		},
		'endpoints: no EndpointSlice of shop/np-multi holds 10.244.1.9 of pod web-4 as ready (and 1 more)',
	],
	[
		'a wrong answer of DNS',
		{
			facts: () => ({
				lookups: ok([
					{server: 'CoreDNS pod a', question: 'A x', faults: ok([])},
					{server: 'CoreDNS pod b', question: 'A x', faults: ok(['the answer has x A 192.0.2.1'])},
				]),
			}),
		},
		'dns: A x of CoreDNS pod b: the answer has x A 192.0.2.1',
	],
	[
		'a backend that does not listen',
		{
			facts: ({dials}) => ({
				dials: [
					toPod('worker-1', 'worker-1', 'web-1', '10.244.1.3', REFUSED),
					toPod('worker-2', 'worker-1', 'web-1', '10.244.1.3', REFUSED),
					...dials.slice(2),
				],
			}),
		},
		'backend: pod web-1 does not answer its own node worker-1 on 10.244.1.3:8080/TCP (3 refused)',
	],
	[
		'a backend that hangs',
		{facts: ({dials}) => ({dials: [toPod('worker-1', 'worker-1', 'web-1', '10.244.1.3', HUNG), ...dials.slice(1)]})},
		'backend: pod web-1 does not answer its own node worker-1 on 10.244.1.3:8080/TCP (3 connected but never answered)',
	],
	[
		'a node that hangs is not cut off',
		{facts: ({dials}) => ({dials: [...dials.slice(0, 4), toNode('worker-2', 'worker-1', HUNG)]})},
		'nothing',
	],
	[
		'a pod that other nodes do not reach',
		{facts: ({dials}) => ({dials: [dials[0]!, toPod('worker-2', 'worker-1', 'web-1', '10.244.1.3', LOST), ...dials.slice(2)]})},
		'cni: worker-2 does not reach pod web-1 on worker-1, 10.244.1.3:8080/TCP (3 timeout)',
	],
	[
		'a connection that is lost now and then',
		{
			facts: ({dials}) => ({
				dials: [dials[0]!, {...dials[1]!, dials: ok([LOST, LOST, ...valueOf(dials[1]!.dials).slice(0, 1)])}, ...dials.slice(2)],
			}),
		},
		'nothing',
	],
	[
		'a node that is cut off',
		{
			facts: ({dials}) => ({
				dials: [
					dials[0]!,
					toPod('worker-2', 'worker-1', 'web-1', '10.244.1.3', LOST),
					dials[2]!,
					dials[3]!,
					toNode('worker-2', 'worker-1', LOST),
				],
			}),
		},
		/^link: worker-2 does not reach node worker-1 at all \(172\.18\.0\.11: 2 timeout\) \(and 1 more\)$/,
	],
	[
		'forwarding is off where the pod is',
		{
			otherTexts: {sysctls: 'net.ipv4.ip_forward = 0\n'},
			facts: ({dials}) => ({dials: [dials[0]!, toPod('worker-2', 'worker-1', 'web-1', '10.244.1.3', LOST), ...dials.slice(2)]}),
		},
		/^sysctl: net\.ipv4\.ip_forward is 0 on worker-1/,
	],
	[
		'bridge-nf-call is off',
		{texts: {sysctls: 'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 0\n'}},
		'sysctl: net.bridge.bridge-nf-call-iptables is 0 on worker-2, whose pods are on the bridge cni0: pods there do not reach each other by a Service',
	],
	[
		'bridge-nf-call is off where no bridge is',
		{
			texts: {
				sysctls: 'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 0\n',
				links: JSON.stringify([{ifname: 'eth0', ifindex: 2, mtu: 1500, flags: ['UP'], operstate: 'UP'}]),
			},
		},
		'nothing',
	],
	['a deleted rule', {texts: {iptables: lacking(DNAT)}, facts: seen}, `rules: ${missing('KUBE-SEP-LVDI3GOMUPZLTOMM')}`],
	[
		'a deleted rule, kube-proxy hangs',
		{texts: {iptables: lacking(DNAT), ...HANGS}, facts: seen},
		`rules: ${missing('KUBE-SEP-LVDI3GOMUPZLTOMM')}`,
	],
	[
		'a deleted rule, kube-proxy is not well but has synced since',
		{texts: {iptables: lacking(DNAT), livez: page('{"healthy":false}', 503)}},
		`rules: ${missing('KUBE-SEP-LVDI3GOMUPZLTOMM')}`,
	],
	[
		'kube-proxy hangs, and the Service is newer',
		{texts: {iptables: NEVER_MADE, ...HANGS}},
		/^kube-proxy: kube-proxy of worker-2 hangs: its process 205 is stopped \(state Tsl\), and its rules are behind the API: nat KUBE-SERVICES on worker-2 lacks [^]*shop\/plain[^]*\(and \d+ more\)$/,
	],
	[
		'kube-proxy hangs, and the Service has changed since its rules were seen',
		{texts: {iptables: NEVER_MADE, ...HANGS}, facts: seenOtherwise},
		/^kube-proxy: /,
	],
	[
		'kube-proxy hangs, and its rules cannot be read',
		{texts: {iptables: {missing: 'exit code 1'}, ...HANGS}},
		/^kube-proxy: kube-proxy of worker-2 hangs: [^]* behind the API$/,
	],
	['kube-proxy hangs, but all rules are right', {texts: HANGS}, 'nothing'],
	[
		'kube-proxy is gone',
		{
			texts: {
				iptables: NEVER_MADE,
				processes: '    PID STAT COMMAND\n      1 S    tini\n',
				livez: {missing: 'exit code 7: curl: (7) Failed to connect'},
				metrics: {missing: ''},
			},
		},
		/^kube-proxy: kube-proxy of worker-2 is gone: no process has its name, and livez says exit code 7/,
	],
	[
		'kube-proxy is dead',
		{texts: {iptables: NEVER_MADE, processes: process('Zsl'), livez: {missing: 'exit code 7'}, metrics: {missing: ''}}},
		/^kube-proxy: kube-proxy of worker-2 is dead: its process 205 is a zombie/,
	],
	[
		'kube-proxy runs and does not answer',
		{texts: {iptables: NEVER_MADE, livez: {missing: 'exit code 28: curl: (28) Operation timed out'}, metrics: {missing: ''}}},
		/^kube-proxy: kube-proxy of worker-2 hangs: it runs \(state Ssl\), but does not answer \/livez/,
	],
	[
		'kube-proxy is not well and is behind',
		{texts: {iptables: NEVER_MADE, livez: page('{"healthy":false}', 503), metrics: syncedAt('05:59:00')}},
		/^kube-proxy: kube-proxy of worker-2 says itself that it is not well: \/livez answers 503: \{"healthy":false\}, last sync at 05:59:00, and its rules are behind/,
	],
	[
		'kube-proxy answers and has not synced for long',
		{texts: {iptables: NEVER_MADE, metrics: syncedAt('05:59:00')}},
		/^kube-proxy: kube-proxy of worker-2 has not synced since 05:59:00, though the API changed at 06:00:00: nat KUBE-SERVICES/,
	],
	[
		'kube-proxy answers and is late by a moment',
		{texts: {iptables: NEVER_MADE, metrics: syncedAt('05:59:00')}, facts: () => ({atMs: MADE.getTime() + 3000})},
		'nothing',
	],
	[
		'kube-proxy cannot be asked, its rules are wrong',
		{texts: {iptables: lacking(DNAT), livez: {missing: 'stub: curl was not run'}, metrics: {missing: ''}}},
		`rules: ${missing('KUBE-SEP-LVDI3GOMUPZLTOMM')} (not known: kube-proxy of the suspected nodes does its work)`,
	],
	[
		'a rule of the frame',
		{texts: {iptables: lacking('-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n')}},
		'rules: nat KUBE-POSTROUTING on worker-2 lacks -m mark ! --mark 0x4000/0x4000 -j RETURN',
	],
	[
		'a rule of another namespace',
		{
			texts: {
				iptables: recordedDump('iptables', 'worker-2')
					.split('\n')
					.filter(line => !line.includes('edge/seven'))
					.join('\n'),
			},
		},
		'nothing',
	],
	['a rule of a node that is not suspected', {otherTexts: {iptables: lacking(DNAT)}}, 'nothing'],
	[
		'a host port without its rule',
		{texts: {iptables: hostPorts('')}, facts: hosted},
		'cni: nat CNI-DN-abc on worker-2 lacks -p tcp --dport 18080 -j DNAT --to-destination 10.244.2.2:8080 (pod shop/web-2)',
	],
	[
		'a host port that nothing leads to',
		{texts: {iptables: hostPorts('').replaceAll('--dports 18080', '--dports 18081')}, facts: hosted},
		'cni: nat CNI-HOSTPORT-DNAT on worker-2 has no rule for tcp 18080 to 10.244.2.2:8080 (pod shop/web-2)',
	],
	[
		'a host port that is not jumped to',
		{texts: {iptables: hostPorts('').replace('-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n', '')}, facts: hosted},
		/^cni: nat PREROUTING or OUTPUT on worker-2 does not lead to CNI-HOSTPORT-DNAT/,
	],
	[
		'a host port as it must be',
		{
			texts: {iptables: hostPorts('-A CNI-DN-abc -p tcp -m tcp --dport 18080 -j DNAT --to-destination 10.244.2.2:8080\n')},
			facts: hosted,
		},
		'nothing',
	],
	['a host port, and a CNI without portmap', {facts: hosted}, 'nothing'],
	[
		'a UDP flow that is kept with a pod that is gone',
		{
			texts: {
				conntrack:
					'ipv4     2 udp      17 25 src=10.244.2.9 dst=10.96.156.17 sport=4242 dport=53 src=10.244.2.77 dst=10.244.2.9 sport=8081 dport=4242 [ASSURED] mark=0 use=1\n',
			},
		},
		'conntrack: conntrack of worker-2 still leads udp 10.244.2.9:4242 → 10.96.156.17:53 to 10.244.2.77:8081, which is no endpoint of shop/np-multi',
	],
	[
		'a UDP flow to a node port, and one that only has its number',
		{
			texts: {
				conntrack:
					'ipv4     2 udp      17 25 src=172.18.0.1 dst=192.0.2.7 sport=1 dport=30081 src=192.0.2.7 dst=172.18.0.1 sport=30081 dport=1 use=1\nipv4     2 udp      17 25 src=172.18.0.1 dst=172.18.0.12 sport=4242 dport=30081 src=10.244.2.77 dst=172.18.0.12 sport=8081 dport=4242 use=1\n',
			},
		},
		'conntrack: conntrack of worker-2 still leads udp 172.18.0.1:4242 → 172.18.0.12:30081 to 10.244.2.77:8081, which is no endpoint of shop/np-multi',
	],
	[
		'a UDP flow to a node port at an address that takes none',
		{
			mode: 'nftables',
			texts: {
				conntrack:
					'ipv4     2 udp      17 25 src=10.244.2.9 dst=10.244.2.1 sport=1 dport=30081 [UNREPLIED] src=10.244.2.1 dst=10.244.2.9 sport=30081 dport=1 mark=0 use=1\n',
			},
		},
		'nothing',
	],
	[
		'a UDP flow that was never led to an endpoint',
		{
			texts: {
				conntrack:
					'ipv4     2 udp      17 25 src=10.244.2.9 dst=10.244.2.1 sport=1 dport=30081 [UNREPLIED] src=10.244.2.1 dst=10.244.2.9 sport=30081 dport=1 mark=0 use=1\n',
			},
		},
		'conntrack: conntrack of worker-2 still leads udp 10.244.2.9:1 → 10.244.2.1:30081 to 10.244.2.1:30081, which is no endpoint of shop/np-multi',
	],
	[
		'a UDP flow with an endpoint, and a TCP flow that is old',
		{
			texts: {
				conntrack:
					'ipv4     2 udp      17 25 src=10.244.2.9 dst=10.96.156.17 sport=4242 dport=53 src=10.244.1.3 dst=10.244.2.9 sport=8081 dport=4242 mark=0 use=1\nipv4     2 tcp      6 25 TIME_WAIT src=10.244.2.9 dst=10.96.156.17 sport=4242 dport=80 src=10.244.2.77 dst=10.244.2.9 sport=8080 dport=4242 [ASSURED] mark=0 use=1\n',
			},
		},
		'nothing',
	],
	[
		'a full table',
		{texts: {sysctls: 'net.ipv4.ip_forward = 1\nnet.netfilter.nf_conntrack_max = 1000\nnet.netfilter.nf_conntrack_count = 1000\n'}},
		'conntrack: the conntrack table of worker-2 is full: 1000 of 1000',
	],
	[
		'a firewall that drops a port',
		{texts: {iptables: filter('-A FORWARD -p tcp -m tcp --dport 8080 -j DROP\n')}},
		'host-firewall: filter on worker-2: -A FORWARD -p tcp -m tcp --dport 8080 -j DROP',
	],
	[
		'a firewall that rejects an address, in a chain of its own',
		{texts: {iptables: filter('-A FORWARD -j guard\n-A guard -d 10.244.2.0/24 -j REJECT --reject-with icmp-port-unreachable\n')}},
		/^host-firewall: filter on worker-2: -A guard -d 10\.244\.2\.0\/24 -j REJECT/,
	],
	[
		'a firewall that drops something else',
		{
			texts: {
				iptables: filter(
					'-A FORWARD -p tcp -m tcp --dport 23 -j DROP\n-A FORWARD -d 192.0.2.0/24 -j DROP\n-A FORWARD -m conntrack --ctstate INVALID -j DROP\n-A INPUT -p icmp -j DROP\n',
				),
			},
		},
		'nothing',
	],
	[
		'a firewall that drops what is left',
		{texts: {iptables: filter('-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n-A FORWARD -j DROP\n')}},
		'nothing',
	],
	[
		'a policy that drops',
		{texts: {iptables: recordedDump('iptables', 'worker-2').replace(/(\*filter\n(?::.*\n)*?):FORWARD ACCEPT/, '$1:FORWARD DROP')}},
		'host-firewall: filter FORWARD on worker-2 has the policy DROP and no rule that accepts them',
	],
	[
		'a table of nft that drops everything',
		{
			texts: {
				nft: '{"nftables": [{"table": {"family": "inet", "name": "guard", "handle": 1}}, {"chain": {"family": "inet", "table": "guard", "name": "in", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "drop"}}]}',
			},
		},
		'host-firewall: inet guard in on worker-2 has the policy drop and no rule',
	],
	[
		'an interface without a carrier',
		{texts: {links: JSON.stringify([{ifname: 'eth0', ifindex: 2, mtu: 1500, flags: ['UP'], operstate: 'LOWERLAYERDOWN'}])}},
		'link: eth0 of worker-2, which has 172.18.0.12, is up but without a carrier (LOWERLAYERDOWN)',
	],
	['a node without its address', {texts: {addresses: '[]'}}, 'link: no interface of worker-2 has its address 172.18.0.12'],
	[
		'several at once: the first on the way',
		{
			texts: {iptables: lacking(DNAT), sysctls: 'net.ipv4.ip_forward = 0\n'},
			facts: context => ({...seen(context), ...moreSlices(FOREIGN)(context)}),
		},
		/^endpoints: /,
	],
	[
		'several at once: rules before sysctls',
		{texts: {iptables: lacking(DNAT), sysctls: 'net.ipv4.ip_forward = 0\n'}, facts: seen},
		/^rules: /,
	],
	[
		'an API that does not answer',
		{facts: () => ({services: gone('GET /x: 403'), slices: gone('GET /x: 403'), pods: gone('GET /x: 403'), dials: []})},
		'nothing',
	],
	[
		'an API that does not tell pods, and a wrong rule',
		{texts: {iptables: lacking(DNAT)}, facts: context => ({...seen(context), pods: gone('GET /x: 403'), dials: []})},
		`rules: ${missing('KUBE-SEP-LVDI3GOMUPZLTOMM')} (not known: its EndpointSlices hold exactly the ready pods of its selector)`,
	],
];

for (const [title, change, expected] of CASES)
	test(`first broken: ${title}`, t => {
		const line = told(walk(facts(change)));
		if (typeof expected === 'string') t.is(line, expected);
		else t.regex(line, expected);
	});

test('what is wrong and explains nothing is told as such', t => {
	const stateOf = (change: Change, layer: string) => walk(facts(change)).hops.flatMap(hop => (hop.layer === layer ? [hop.state] : []));
	t.deepEqual(stateOf({texts: {iptables: lacking(DNAT), ...HANGS}, facts: seen}, 'kube-proxy'), ['aside']);
	t.deepEqual(stateOf({texts: HANGS}, 'kube-proxy'), ['aside']);
	t.deepEqual(stateOf({texts: {iptables: NEVER_MADE, ...HANGS}}, 'rules'), ['aside']);
	// Younger than kube-proxy's last sync, and not late yet: the next sync may bring it.
	t.deepEqual(
		stateOf({texts: {iptables: NEVER_MADE, metrics: syncedAt('05:59:00')}, facts: () => ({atMs: MADE.getTime() + 3000})}, 'rules'),
		['unknown'],
	);
	t.deepEqual(stateOf({texts: {iptables: filter('-A FORWARD -i eth9 -j DROP\n')}}, 'host-firewall'), ['unknown']);
	t.deepEqual(stateOf({facts: ({dials}) => ({dials: dials.map(dialled => ({...dialled, dials: gone('no prober')}))})}, 'backend'), [
		'unknown',
	]);
	t.deepEqual(stateOf({facts: () => ({lookups: gone('no client pod')})}, 'dns'), ['unknown']);
});

test('the order of the way', t => {
	t.deepEqual(
		walk(facts()).hops.map(({layer}) => layer),
		['api', 'endpoints', 'dns', 'backend', 'cni', 'cni', 'kube-proxy', 'rules', 'cni', 'conntrack', 'sysctl', 'host-firewall', 'link'],
	);
});
