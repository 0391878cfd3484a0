import test from 'ava';
import type {RecordedMode} from '../model/rules/fixtures/recorded.ts';
import {chainText, detailOf, suspectedOf} from './chain.ts';
import type {ChainFacts} from './facts.ts';
import type {Dial} from '../probe/vantage.ts';
import {LOST, ok, type NodeName} from './fixtures/healthy.ts';
import {macOf, plainFacts, type Deed} from './fixtures/plain.ts';
import {walk} from './walk.ts';

/** What is done to a node by those who run it too: CNIs, firewalls, administrators and their tools. */
type Injury = Deed & {
	readonly what: string;
	/** Left out: both. */
	readonly modes?: readonly RecordedMode[];
	/** Left out: worker-2, where the red is. */
	readonly on?: NodeName;
	/** Connections of the walk that are lost. */
	readonly lost?: undefined | ((dial: ChainFacts['dials'][number]) => boolean);
	/** How; left out: nothing comes back. */
	readonly how?: Dial;
	readonly expected: string | RegExp;
};

/** From worker-2 to the backend on worker-1. */
const across: Injury['lost'] = ({kind, from, node}) => kind === 'pod' && from === 'worker-2' && node === 'worker-1';
const anyOf =
	(name: NodeName): Injury['lost'] =>
	({from, node}) =>
		from !== node && (from === name || node === name);

const table = (family: string, name: string, hook: string, rules: string): string =>
	`table ${family} ${name} {\n\tchain c {\n\t\ttype filter hook ${hook}; policy accept;\n\t\t${rules}\n\t}\n}\n`;

/** The recorded addresses of the Services of the namespace, in either mode. */
const OF_SERVICES = ['232.183', '156.17', '132.51', '142.237', '83.150', '220.31', '61.26', '191.118'].map(last => `10.96.${last}`);
const VIPS = '10.96.0.0/12';
const FIREWALL = 'host-firewall: ';

const INJURIES: readonly Injury[] = [
	{
		what: "a DROP of another's in raw PREROUTING",
		iptables: ['raw', `-A PREROUTING -d ${VIPS} -p tcp -j DROP`],
		expected: `${FIREWALL}raw on worker-2: -A PREROUTING -d ${VIPS} -p tcp -j DROP`,
	},
	{
		what: 'Services are not tracked',
		iptables: ['raw', `-A PREROUTING -d ${VIPS} -p tcp -j CT --notrack`],
		expected: `${FIREWALL}raw on worker-2: -A PREROUTING -d ${VIPS} -p tcp -j CT --notrack`,
	},
	{
		what: 'Services are not tracked, by a table of nft',
		nft: table('inet', 'fast', 'prerouting priority raw', `ip daddr ${VIPS} notrack`),
		expected: `${FIREWALL}inet fast c on worker-2: ip daddr ${VIPS} notrack`,
	},
	{
		what: "an ACCEPT of another's before KUBE-SERVICES",
		modes: ['iptables'],
		iptables: ['nat', `-A PREROUTING -d ${VIPS} -p tcp -j ACCEPT`],
		expected: `${FIREWALL}nat on worker-2: -A PREROUTING -d ${VIPS} -p tcp -j ACCEPT`,
	},
	{
		what: "an ACCEPT of another's before KUBE-SERVICES, in a chain of its own",
		modes: ['iptables'],
		iptables: ['nat', '-A OUTPUT -j bypass', `-A bypass -d ${VIPS} -p tcp -j ACCEPT`],
		expected: `${FIREWALL}nat on worker-2: -A bypass -d ${VIPS} -p tcp -j ACCEPT`,
	},
	{
		what: 'a DNAT before',
		modes: ['iptables'],
		iptables: ['nat', `-A PREROUTING -d ${VIPS} -p tcp -j DNAT --to-destination 10.244.0.99:80`],
		expected: `${FIREWALL}nat on worker-2: -A PREROUTING -d ${VIPS} -p tcp -j DNAT --to-destination 10.244.0.99:80`,
	},
	{
		what: 'a dnat of nft before',
		nft: `table ip other {\n\tchain c {\n\t\ttype nat hook prerouting priority dstnat - 1; policy accept;\n\t\tip daddr ${VIPS} tcp dport 80 dnat to 10.244.0.99:80\n\t}\n}\n`,
		expected: `${FIREWALL}ip other c on worker-2: ip daddr ${VIPS} tcp dport 80 dnat to 10.244.0.99:80`,
	},
	{
		what: 'a cache of DNS that takes the address of a Service',
		iptables: ['raw', `-A PREROUTING -d ${VIPS} -p tcp -j CT --notrack`],
		prints: ({addresses}) => ({
			addresses: [
				...addresses,
				{
					ifname: 'nodelocaldns',
					addr_info: OF_SERVICES.map(local => ({
						family: 'inet',
						local,
						prefixlen: 32,
						scope: 'global',
					})),
				},
			],
		}),
		expected: 'nothing',
	},
	{
		what: 'a transparent proxy',
		modes: ['iptables'],
		iptables: ['nat', '-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 15001'],
		expected: `${FIREWALL}nat on worker-2: -A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 15001`,
	},
	{
		what: "a MASQUERADE of another's on the endpoint's node",
		on: 'worker-1',
		iptables: ['nat', '-A POSTROUTING -p tcp -m tcp --dport 8080 -j MASQUERADE'],
		expected: `${FIREWALL}nat on worker-1: -A POSTROUTING -p tcp -m tcp --dport 8080 -j MASQUERADE`,
	},
	{
		what: "a mark of another's is kube-proxy's",
		iptables: ['mangle', '-A PREROUTING -s 10.244.0.0/16 -j MARK --set-xmark 0x4000/0x4000'],
		expected: `${FIREWALL}mangle on worker-2: -A PREROUTING -s 10.244.0.0/16 -j MARK --set-xmark 0x4000/0x4000`,
	},
	{
		what: "kube-proxy's mark is cleared",
		iptables: ['mangle', '-A POSTROUTING -j MARK --set-xmark 0x0/0xffffffff'],
		expected: `${FIREWALL}mangle on worker-2: -A POSTROUTING -j MARK --set-xmark 0x0/0xffffffff`,
	},
	{
		what: 'an ACCEPT before KUBE-POSTROUTING',
		modes: ['iptables'],
		iptables: ['nat', '-A POSTROUTING -d 10.244.0.0/16 -j ACCEPT'],
		expected: `${FIREWALL}nat on worker-2: -A POSTROUTING -d 10.244.0.0/16 -j ACCEPT`,
	},
	{
		what: 'a share of new connections is dropped',
		on: 'worker-1',
		iptables: [
			'filter',
			'-A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m statistic --mode random --probability 0.5 -j DROP',
		],
		expected: /^host-firewall: filter on worker-1: -A FORWARD -p tcp .* --probability 0\.5 -j DROP$/,
	},
	{
		what: 'so many connections and no more',
		on: 'worker-1',
		iptables: [
			'filter',
			'-A FORWARD -p tcp -m tcp --dport 8080 --tcp-flags FIN,SYN,RST,ACK SYN -m limit --limit 1/hour --limit-burst 1 -j ACCEPT',
			'-A FORWARD -p tcp -m tcp --dport 8080 --tcp-flags FIN,SYN,RST,ACK SYN -j DROP',
		],
		lost: across,
		expected:
			/^host-firewall: filter on worker-1: -A FORWARD .*--tcp-flags FIN,SYN,RST,ACK SYN -j DROP, which ends what is beyond -A FORWARD .* --limit 1\/hour --limit-burst 1 -j ACCEPT$/,
	},
	{
		what: 'so many connections and no more, of which nothing is seen',
		on: 'worker-1',
		iptables: ['filter', '-A FORWARD -p tcp -m tcp --dport 8080 -m connlimit --connlimit-above 5 -j REJECT --reject-with tcp-reset'],
		expected: /^nothing; host-firewall: filter on worker-1: -A FORWARD .* --connlimit-above 5 .*, which ends what is beyond its limit$/,
	},
	{
		what: 'a table of nft drops in the forward hook',
		on: 'worker-1',
		nft: table('inet', 'guard', 'forward priority filter - 10', 'tcp dport 8080 drop'),
		lost: across,
		expected: `${FIREWALL}inet guard c on worker-1: tcp dport 8080 drop`,
	},
	{
		what: 'what the node sends is rejected, which is told to the sender',
		iptables: ['filter', '-A OUTPUT -p tcp -m tcp --dport 8080 -j REJECT --reject-with icmp-admin-prohibited'],
		lost: ({kind, from}) => kind === 'pod' && from === 'worker-2',
		how: {at: 0, ms: 1, outcome: 'unreachable', detail: 'EHOSTUNREACH (connect)'},
		expected: `${FIREWALL}filter on worker-2: -A OUTPUT -p tcp -m tcp --dport 8080 -j REJECT --reject-with icmp-admin-prohibited`,
	},
	{
		what: 'a table of nft drops before all others',
		nft: table('ip', 'guard', 'prerouting priority raw', `ip daddr ${VIPS} tcp dport 80 drop`),
		expected: `${FIREWALL}ip guard c on worker-2: ip daddr ${VIPS} tcp dport 80 drop`,
	},
	{
		what: 'a table of nft drops what the node sends, to its own pods too',
		nft: table('inet', 'guard', 'output priority filter', 'ip daddr 10.244.0.0/16 tcp dport 8080 drop'),
		lost: ({kind, from}) => kind === 'pod' && from === 'worker-2',
		expected: `${FIREWALL}inet guard c on worker-2: ip daddr 10.244.0.0/16 tcp dport 8080 drop`,
	},
	{
		what: 'an interface drops what comes in',
		on: 'worker-1',
		nft: 'table netdev ddos {\n\tchain c {\n\t\ttype filter hook ingress device "eth0" priority -500; policy accept;\n\t\ttcp dport 8080 drop\n\t}\n}\n',
		lost: across,
		expected: `${FIREWALL}netdev ddos c on worker-1: tcp dport 8080 drop`,
	},
	{
		what: 'an interface drops what goes out',
		nft: 'table netdev ddos {\n\tchain c {\n\t\ttype filter hook egress device "eth0" priority 0; policy accept;\n\t\ttcp dport 8080 drop\n\t}\n}\n',
		lost: across,
		expected: `${FIREWALL}netdev ddos c on worker-2: tcp dport 8080 drop`,
	},
	{
		what: "an ipset of another's that holds a pod",
		on: 'worker-1',
		iptables: ['filter', '-A FORWARD -m set --match-set banned dst -j DROP'],
		ipset: 'create banned hash:ip family inet hashsize 1024 maxelem 65536\nadd banned 10.244.1.3\nadd banned 10.244.1.5\n',
		lost: across,
		expected: `${FIREWALL}filter on worker-1: -A FORWARD -m set --match-set banned dst -j DROP`,
	},
	{
		what: 'rules of iptables-legacy beside',
		on: 'worker-1',
		legacy: ['filter', '-A FORWARD -p tcp -m tcp --dport 8080 -j DROP'],
		lost: across,
		expected: `${FIREWALL}legacy filter on worker-1: -A FORWARD -p tcp -m tcp --dport 8080 -j DROP`,
	},
	{
		what: 'a blackhole for the pods of another node',
		prints: ({routes}) => ({routes: [{type: 'blackhole', dst: '10.244.1.0/24', metric: -1}, ...routes]}),
		lost: across,
		expected: /^cni: the route blackhole 10\.244\.1\.0\/24 on worker-2 ends what is for 10\.244\.1\.[35] \(pod web-\S+ on worker-1\)$/,
	},
	{
		what: 'a rule of routing that ends their way',
		prints: ({routingRules}) => ({
			routingRules: [...routingRules, {priority: 90, src: 'all', dst: '10.244.1.0', dstlen: 24, action: 'blackhole'}],
		}),
		lost: across,
		expected: /^cni: the rule 90: from all to 10\.244\.1\.0\/24 blackhole on worker-2 ends what is for 10\.244\.1\.[35] /,
	},
	{
		what: 'a table of somebody else for what pods send',
		prints: ({routes, routingRules}) => ({
			routingRules: [...routingRules, {priority: 90, src: '10.244.0.0', srclen: 16, table: '100'}],
			routes: [...routes, {type: 'unreachable', dst: 'default', table: '100'}],
		}),
		// To its own pods the node sends with an address of their network.
		lost: ({kind, from, node}) => kind === 'pod' && from === 'worker-2' && node === 'worker-2',
		expected:
			/^cni: the route unreachable default table 100 on worker-2 ends what is for 10\.244\.\d\.\d .*, by the rule 90: from 10\.244\.0\.0\/16 lookup 100/,
	},
	{
		what: 'no route to the pods of another node',
		prints: ({routes}) => ({routes: routes.filter(({dst}) => !['10.244.1.0/24', 'default'].includes(dst))}),
		lost: across,
		expected: /^cni: worker-2 has no route to 10\.244\.1\.[35] \(pod /,
	},
	{
		what: 'a route that leads back, which a router might have',
		on: 'worker-1',
		prints: ({routes}) => ({
			routes: [...['2', '3'].map(last => ({dst: `10.244.2.${last}`, gateway: '172.18.0.11', dev: 'eth0'})), ...routes],
		}),
		expected:
			/^nothing; cni: the route 10\.244\.2\.\d via 172\.18\.0\.11 dev eth0 on worker-1, which is taken to 10\.244\.2\.\d .* leads to worker-1, not to worker-2/,
	},
	{
		what: 'the address of a pod at an interface of another node',
		prints: ({routes}) => ({
			routes: [...routes, ...['3', '5'].map(last => ({type: 'local', dst: `10.244.1.${last}`, dev: 'lo', table: 'local'}))],
		}),
		lost: across,
		expected:
			/^cni: the route local (?<ip>10\.244\.1\.\d) dev lo table local on worker-2, which is taken to \k<ip> .*, makes \k<ip> an address of the node itself$/,
	},
	{
		what: 'an interface that passes nothing on',
		on: 'worker-1',
		prints: ({interfaceSettings}) => ({interfaceSettings: {...interfaceSettings, 'net.ipv4.conf.eth0.forwarding': 0}}),
		lost: across,
		expected: /^sysctl: net\.ipv4\.conf\.eth0\.forwarding is 0 on worker-1: what comes in by eth0 is not passed on/,
	},
	{
		what: 'a strict rp_filter, and another way back',
		on: 'worker-1',
		prints: ({interfaceSettings, routes, routingRules}) => ({
			interfaceSettings: {...interfaceSettings, 'net.ipv4.conf.eth0.rp_filter': 1},
			routingRules: [...routingRules, {priority: 90, src: 'all', dst: '10.244.2.0', dstlen: 24, iif: 'cni0', table: '100'}],
			routes: [...routes, {dst: '10.244.2.0/24', gateway: '172.18.0.12', dev: 'eth1', table: '100'}],
		}),
		expected:
			/^sysctl: rp_filter of eth0 is strict on worker-1 \(net\.ipv4\.conf\.eth0\.rp_filter = 1, .*\), and the way back to 10\.244\.2\.\d is 10\.244\.2\.0\/24 via 172\.18\.0\.12 dev eth1 table 100: what comes from there is dropped/,
	},
	{
		what: 'a strict rp_filter, and another way back for the node itself',
		on: 'worker-1',
		prints: ({interfaceSettings, routes, routingRules}) => ({
			interfaceSettings: {...interfaceSettings, 'net.ipv4.conf.eth0.rp_filter': 1},
			routingRules: [...routingRules, {priority: 90, src: 'all', dst: '10.244.2.0', dstlen: 24, iif: 'lo', table: '100'}],
			routes: [...routes, {dst: '10.244.2.0/24', gateway: '172.18.0.12', dev: 'eth1', table: '100'}],
		}),
		expected: 'nothing',
	},
	{
		what: 'a strict rp_filter, and the same way back',
		prints: ({interfaceSettings}) => ({interfaceSettings: {...interfaceSettings, 'net.ipv4.conf.all.rp_filter': 1}}),
		expected: 'nothing',
	},
	{
		what: 'a wrong neighbour',
		prints: ({neighbours}) => ({
			neighbours: neighbours.map(one =>
				one.dst === '172.18.0.11' ? {...one, lladdr: '02:de:ad:be:ef:00', state: ['PERMANENT']} : one,
			),
		}),
		lost: anyOf('worker-1'),
		expected: `link: the neighbour 172.18.0.11 lladdr 02:de:ad:be:ef:00 PERMANENT at eth0 of worker-2 is no interface of worker-1, whose eth0 has ${macOf(1)}`,
	},
	{
		what: 'a wrong neighbour, and what is sent there arrives',
		prints: ({neighbours}) => ({neighbours: neighbours.map(one => ({...one, lladdr: '12:34:56:78:9a:bc', state: ['PERMANENT']}))}),
		expected: 'nothing',
	},
	{
		what: 'a queue that loses packets',
		on: 'worker-1',
		prints: () => ({
			queues: [{kind: 'netem', dev: 'eth0', root: true, drops: 40, options: {'loss-random': {loss: 0.6, correlation: 0}}}],
		}),
		expected: 'link: the qdisc netem at eth0 of worker-1 loses 60 % of what it sends',
	},
	{
		what: 'a queue that has dropped packets, and connections were lost',
		on: 'worker-1',
		prints: () => ({queues: [{kind: 'tbf', dev: 'eth0', root: true, drops: 40}]}),
		lost: across,
		expected: 'link: the qdisc tbf at eth0 of worker-1 has dropped 40 packets',
	},
	{
		what: 'a queue that has dropped packets once',
		on: 'worker-1',
		prints: () => ({queues: [{kind: 'tbf', dev: 'eth0', root: true, drops: 40}]}),
		expected: 'nothing; link: the qdisc tbf at eth0 of worker-1 has dropped 40 packets',
	},
	{
		what: 'a firewall that lets in what is asked and not what is answered',
		iptables: [
			'filter',
			'-A FORWARD -p tcp -m multiport --dports 80,8080 -j ACCEPT',
			'-A FORWARD -p udp -m multiport --dports 53,8081 -j ACCEPT',
			'-A FORWARD -m conntrack --ctstate RELATED -j ACCEPT',
			'-A FORWARD -j DROP',
		],
		expected: `${FIREWALL}filter on worker-2: -A FORWARD -j DROP, of what endpoints answer`,
	},
	{
		what: 'a firewall that lets in what is asked and what is answered',
		iptables: [
			'filter',
			'-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
			'-A FORWARD -p tcp -m multiport --dports 80,8080 -j ACCEPT',
			'-A FORWARD -p udp -m multiport --dports 53,8081 -j ACCEPT',
			'-A FORWARD -j DROP',
		],
		expected: 'nothing',
	},
	{
		what: 'answers that nobody lets in to the node itself',
		iptables: ['filter', '-A INPUT -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j DROP'],
		expected: `${FIREWALL}filter on worker-2: -A INPUT -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j DROP, of what endpoints answer`,
	},
	{
		what: 'an interface that is narrower than those of others',
		on: 'worker-1',
		prints: ({links}) => ({links: links.map(link => (link.ifname === 'eth0' ? {...link, mtu: 600} : link))}),
		expected: 'nothing; link: eth0 of worker-1 has an MTU of 600, and eth0 of worker-2 one of 1500',
	},
	{
		what: 'a firewall that keeps others from kubelet, while a pod is not reached',
		on: 'worker-1',
		iptables: ['filter', '-A INPUT -p tcp -m tcp --dport 10250 -j DROP'],
		lost: ({from, node}) => from === 'worker-2' && node === 'worker-1',
		expected: /^cni: worker-2 does not reach pod web-1 on worker-1, /,
	},
	{
		what: 'the conntrack table is full',
		sysctls: 'net.netfilter.nf_conntrack_max = 40\nnet.netfilter.nf_conntrack_count = 40\n',
		expected: 'conntrack: the conntrack table of worker-2 is full: 40 of 40',
	},
	{
		what: 'the conntrack table is full, and nothing new gets out of the node, nor to its own pods',
		sysctls: 'net.netfilter.nf_conntrack_max = 40\nnet.netfilter.nf_conntrack_count = 40\n',
		lost: ({from, node}) => from === 'worker-2' || node === 'worker-2',
		expected: /^conntrack: the conntrack table of worker-2 is full: 40 of 40/,
	},
	{
		what: "a DROP of another's, where kube-proxy has a rule too many that does no harm",
		modes: ['iptables'],
		iptables: [
			'filter',
			'-A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL',
			'-A FORWARD -p tcp -m tcp --dport 8080 -j DROP',
		],
		expected: `${FIREWALL}filter on worker-2: -A FORWARD -p tcp -m tcp --dport 8080 -j DROP`,
	},
	{
		what: 'a table of nft that sees replies alone',
		nft: table('ip', 'guard', 'forward priority filter', 'tcp sport 8080 drop'),
		expected: `${FIREWALL}ip guard c on worker-2: tcp sport 8080 drop, of what endpoints answer`,
	},
];

const told = (facts: ChainFacts): string => {
	const chain = walk(facts);
	return chain.broken ? `${chain.broken.layer}: ${detailOf(chain)}` : ['nothing', ...suspectedOf(chain)].join('; ');
};

const MODES: readonly RecordedMode[] = ['iptables', 'nftables'];

for (const mode of MODES)
	test(`${mode}: where nobody has done anything nothing is broken or suspected`, t => {
		const chain = walk(plainFacts(mode));
		t.deepEqual([chain.broken, suspectedOf(chain)], [undefined, []], chainText(chain));
	});

for (const {what, modes = MODES, on = 'worker-2', lost, how = LOST, expected, ...deed} of INJURIES)
	for (const mode of modes)
		test(`${mode}: ${what}`, t => {
			const line = told(
				plainFacts(mode, {
					on,
					deed,
					dials: ({dials}) => dials.map(dial => (lost?.(dial) ? {...dial, dials: ok([how, how, how])} : dial)),
				}),
			);
			if (typeof expected === 'string') t.is(line, expected);
			else t.regex(line, expected);
		});
