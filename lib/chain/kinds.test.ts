import type {V1Pod} from '@kubernetes/client-node';
import test from 'ava';
import {podIp} from '../model/pods.ts';
import type {RecordedMode} from '../model/rules/fixtures/recorded.ts';
import type {Packet} from '../model/verdict.ts';
import {difference} from '../trace/agree.ts';
import {tracedNode} from '../trace/traced-node.ts';
import {chainText, detailOf, suspectedOf} from './chain.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';
import {NAMESPACE, ok} from './fixtures/healthy.ts';
import {kindFacts, KINDS, type Kind, type KindChange} from './fixtures/kinds.ts';
import {packetsOn} from './packets.ts';
import {walk} from './walk.ts';

const MODES: readonly RecordedMode[] = ['iptables', 'nftables'];

const told = (facts: ChainFacts): string => {
	const chain = walk(facts);
	return chain.broken ? `${chain.broken.layer}: ${detailOf(chain)}` : ['nothing', ...suspectedOf(chain)].join('; ');
};

/** Packets to the Services as they enter and leave a node, and from pod to pod without a Service. */
const packetsOf = ({nodes, pods, family}: ChainFacts, node: WalkedNode): readonly Packet[] => {
	const ips = (isOwn: boolean) =>
		(pods.ok ? pods.value : []).filter(({spec}) => (spec?.nodeName === node.name) === isOwn).flatMap(pod => podIp(pod, family) ?? []);
	const to = (from: Packet['from'], source: string) => (destination: string) =>
		({from, source, destination, port: 8080, protocol: 'TCP'}) as const;
	return [
		...packetsOn(node, nodes, {pods, family, namespace: NAMESPACE}).map(({packet}) => packet),
		...ips(true).flatMap(ip => [...ips(true), ...ips(false)].filter(other => other !== ip).map(to('pod', ip))),
		...ips(false).flatMap(ip => ips(true).map(to('outside', ip))),
	];
};

for (const kind of KINDS)
	for (const mode of MODES) {
		test(`${kind}, ${mode}: of healthy nodes nothing is broken, and nothing suspected`, t => {
			const chain = walk(kindFacts(kind, {mode}));
			t.is(chain.broken && `${chain.broken.layer}: ${detailOf(chain)}`, undefined);
			t.deepEqual(suspectedOf(chain), [], chainText(chain));
		});
		test(`${kind}, ${mode}: the rules do to what is delivered what the model says`, t => {
			const facts = kindFacts(kind, {mode});
			for (const node of facts.nodes) {
				if (!node.state.ok) throw new Error(node.state.why);
				const {model, trace} = tracedNode(node.name, node.state.value, node.facts);
				// What is refused or let be may be dropped before by whoever filters.
				const delivered = packetsOf(facts, node).filter(packet => ['backends', 'leaves'].includes(model(packet).kind));
				t.true(delivered.length > 10);
				const wrong = delivered.flatMap(packet => {
					const differs = difference(model(packet), trace(packet));
					return differs === undefined ? [] : [`${node.name} ${JSON.stringify(packet)}: ${differs}`];
				});
				t.deepEqual(wrong.slice(0, 3), []);
			}
		});
	}

const without = (lines: RegExp) => (text: string) => {
	const left = text.replaceAll(lines, '');
	if (left === text) throw new Error(`nothing is ${String(lines)}`);
	return left;
};
const instead = (line: string, by: string) => (text: string) => {
	if (!text.includes(line)) throw new Error(`there is no ${line}`);
	return text.replace(line, by);
};
/** A rule before all others of its chain in the first table that declares it. */
const first = (table: string, rules: string) => (text: string) =>
	instead(`*${table}\n`, `*${table}\n`)(text).replace(new RegExp(`\\*${table}\\n(?::.*\\n)+`), found => `${found}${rules}\n`);

const FORWARD_DROPS = 'host-firewall: filter FORWARD on worker-2 has the policy DROP and no rule that accepts them';
const PROFILE = '-A cali-tw-cali0000000000{pod} -m comment --comment "cali:t4"';
const CILIUM = [
	'-A POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_nat" -j CILIUM_POST_nat',
	'-A CILIUM_POST_nat -s 10.244.2.0/24 ! -d 10.244.2.0/24 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE',
].join('\n');

const INJURIES: ReadonlyArray<readonly [kind: Kind, what: string, change: KindChange, expected: string | RegExp]> = [
	[
		'calico',
		'a policy that nothing passes',
		{change: instead(`${PROFILE} -j cali-pri-kns.shop`, `${PROFILE} -m mark --mark 0x0/0x20000 -j DROP`)},
		/^policy: a network policy stops them: filter on worker-2: -A cali-tw-cali0{10}2 .* -m mark --mark 0x0\/0x20000 -j DROP \(and 1 more\)$/,
	],
	[
		'calico',
		"an address pool that leaves out the other nodes'",
		{change: instead('add cali40all-ipam-pools 10.244.0.0/16', 'add cali40all-ipam-pools 10.244.2.0/24')},
		/^host-firewall: nat on worker-2: -A cali-nat-outgoing .* ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully$/,
	],
	['cilium', 'FORWARD drops, and the chain is empty', {change: without(/^-A CILIUM_FORWARD .*\n/gm)}, FORWARD_DROPS],
	[
		'flannel',
		'what Cilium left behind',
		{change: text => first('nat', CILIUM)(text).replace(':FLANNEL-POSTRTG', ':CILIUM_POST_nat - [0:0]\n:FLANNEL-POSTRTG')},
		/^host-firewall: nat on worker-2: -A CILIUM_POST_nat -s 10\.244\.2\.0\/24 ! -d 10\.244\.2\.0\/24 ! -o cilium_\+ .* -j MASQUERADE$/,
	],
	['docker', 'FORWARD drops, and nothing accepts pods', {change: without(/^-A FORWARD -[sd] 10.*\n/gm)}, FORWARD_DROPS],
	[
		'docker-nftables',
		'a network that overlaps that of the pods',
		{change: instead('ip daddr 172.17.0.2 iifname', 'ip daddr 10.244.2.2 iifname')},
		'host-firewall: ip docker-bridges raw-PREROUTING on worker-2: ip daddr 10.244.2.2 iifname != "docker0" drop',
	],
	[
		'eks',
		'a network of the VPC that it does not know',
		{change: without(/^-A AWS-SNAT-CHAIN-0 -d 10.*\n/gm)},
		/^host-firewall: nat on worker-2: -A AWS-SNAT-CHAIN-0 ! -o vlan\+ .* -j SNAT --to-source 172\.18\.0\.12 --random-fully$/,
	],
	[
		'eks-nftables',
		'a network of the VPC that it does not know',
		{change: without(/^-A AWS-SNAT-CHAIN-0 -d 10.*\n/gm)},
		/^host-firewall: nat on worker-2: -A AWS-SNAT-CHAIN-0 ! -o vlan\+ .* -j SNAT --to-source 172\.18\.0\.12 --random-fully$/,
	],
	[
		'eks',
		'a strict rp_filter',
		{change: instead('net.ipv4.conf.eth0.rp_filter = 2', 'net.ipv4.conf.eth0.rp_filter = 1')},
		'nothing; sysctl: net.ipv4.conf.eth0.rp_filter is 1 on worker-2 (all: 0), which has a default route by eth1 in table 2 too: ' +
			'what comes in by eth0 and is answered from there is dropped',
	],
	[
		'firewalld',
		'pods are in no trusted zone',
		{change: without(/^.* goto \w+_trusted\n/gm)},
		'host-firewall: inet firewalld filter_FWD_public on worker-2: reject with icmpx admin-prohibited',
	],
	[
		'firewalld-iptables',
		'pods are in no trusted zone',
		{change: without(/^-A \w+ -.* -g \w+_trusted\n/gm)},
		'host-firewall: filter on worker-2: -A FORWARD -j REJECT --reject-with icmp-host-prohibited',
	],
	[
		'firewalld-iptables',
		'the public zone masquerades',
		{change: first('nat', '-A POST_public_allow ! -o lo -j MASQUERADE')},
		'host-firewall: nat on worker-2: -A POST_public_allow ! -o lo -j MASQUERADE',
	],
	['flannel', 'FORWARD drops, and its chain is empty', {change: without(/^-A FLANNEL-FWD .*\n/gm)}, FORWARD_DROPS],
	[
		'flannel',
		"the other node's FORWARD drops, and its chain is empty",
		{others: without(/^-A FLANNEL-FWD .*\n/gm)},
		FORWARD_DROPS.replace('worker-2', 'worker-1'),
	],
	['gke', 'FORWARD drops', {change: without(/^-A FORWARD -p .*\n/gm)}, FORWARD_DROPS],
	[
		'k3s',
		'a policy that nothing passes',
		{change: without(/^.*run through default ingress network policy chain.*\n/gm)},
		/^policy: a network policy stops them: filter on worker-2: -A KUBE-POD-FW-A{15}3 .* -m mark ! --mark 0x10000\/0x10000 -j REJECT /,
	],
	[
		'kind',
		'pods with policies',
		{change: instead('{ 10.244.2.99 }', '{ 10.244.2.2, 10.244.2.3 }')},
		/^nothing; host-firewall: worker-2: what becomes of packets is not known: a program of the node decides about them, in queue 101, at inet kindnet-network-policies \w+ on worker-2: /,
	],
	[
		'kind',
		'its agent does not know the pod network',
		{change: without(/^-A KIND-MASQ-AGENT -d .*\n/gm)},
		/^host-firewall: nat on worker-2: -A KIND-MASQ-AGENT .* -j MASQUERADE$/,
	],
	[
		'rke2',
		'a policy that nothing leaves by',
		{change: without(/^-A cali-pro-kns.*\n/gm)},
		/^policy: a network policy stops them: filter on worker-2: -A cali-fw-cali0{10}2 .* "Drop if no profiles matched" -j DROP$/,
	],
	['ufw', 'routed traffic is denied', {change: without(/^-A ufw-user-forward .*\n/gm)}, FORWARD_DROPS],
	['legacy', 'FORWARD drops, and its chain is empty', {change: without(/^-A FLANNEL-FWD .*\n/gm)}, FORWARD_DROPS],
	[
		'both-backends',
		'the interface that kube-proxy does not use drops',
		{change: instead('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -p tcp -j DROP')},
		'host-firewall: filter on worker-2: -A DOCKER-USER -p tcp -j DROP',
	],
	[
		'both-backends',
		'the interface that kube-proxy uses drops',
		{change: without(/^-A FLANNEL-FWD .*\n/gm)},
		'host-firewall: legacy filter FORWARD on worker-2 has the policy DROP and no rule that accepts them',
	],
	[
		'old-tools',
		'the REJECT of iptables-services',
		{change: first('filter', '-A FORWARD -j REJECT --reject-with icmp-host-prohibited')},
		'host-firewall: filter on worker-2: -A FORWARD -j REJECT --reject-with icmp-host-prohibited',
	],
];

for (const [kind, what, change, expected] of INJURIES)
	for (const mode of MODES)
		test(`${kind}, ${mode}: ${what}`, t => {
			const line = told(kindFacts(kind, {mode, ...change}));
			if (typeof expected === 'string') t.is(line, expected);
			else t.regex(line, expected);
		});

for (const kind of KINDS.filter(each => !each.startsWith('eks')))
	test(`${kind}: a strict rp_filter does no harm where packets come in by the way back`, t => {
		const strict = (text: string): string => `${text}\n$ sysctl -a\nnet.ipv4.conf.all.rp_filter = 1\n`;
		t.is(told(kindFacts(kind, {change: strict, others: strict})), 'nothing');
	});

test('a policy for pods of another namespace is not blamed', t => {
	const facts = kindFacts('calico', {change: first('filter', '-A cali-fw-cali00000000004 -j DROP')});
	const [pod] = facts.pods.ok ? facts.pods.value : [];
	const locked: V1Pod = {
		metadata: {name: 'locked', namespace: 'vault'},
		spec: {...pod!.spec!, nodeName: 'worker-2'},
		status: {...pod!.status, podIPs: [{ip: '10.244.2.4'}]},
	};
	const others = facts.pods.ok ? facts.pods.value : [];
	t.is(told({...facts, pods: ok([locked, ...others])}), 'nothing');
	const alone = others.filter(({spec}) => spec?.nodeName !== 'worker-2');
	t.regex(
		told({...facts, pods: ok([locked, ...alone]), services: ok([]), dials: []}),
		/^nothing; .*host-firewall: filter on worker-2: -A cali-fw-cali00000000004 -j DROP may be wrong about the packets/,
	);
});
