import {LOOK_NAMES, type LookName} from '../facts/argv.ts';
import type {NodeTexts} from '../facts/node-texts.ts';
import {recordedDump, recordedState} from '../model/rules/fixtures/recorded.ts';
import type {NodeEvidence} from './facts.ts';
import {provesRules} from './fixtures/prove.ts';
import {service, serviceOf, type World} from './fixtures/world.ts';

const said = (texts: Partial<Record<LookName, string>>): NodeEvidence => ({
	way: 'entered',
	texts: Object.fromEntries(
		LOOK_NAMES.map(name => [
			name,
			texts[name] === undefined ? {ok: false, why: 'not looked at', source: name} : {ok: true, value: texts[name], source: name},
		]),
	) as unknown as NodeTexts,
});

/** What worker-2 says of itself. */
const says =
	(texts: Partial<Record<LookName, string>>) =>
	(world: World): void => {
		world.nodeEvidence = {'worker-2': said(texts)};
	};

const page = (body: string, status = 200): string => `${body}\n${status}`;
const metrics = (...lines: readonly string[]): string => page(`${lines.join('\n')}\n`);
const ps = (state: string): string => `    PID STAT COMMAND\n      1 Ss   systemd\n    205 ${state}  kube-proxy\n`;
const link = (name: string, kind: string | undefined, mtu: number, more: object = {}) => ({
	ifname: name,
	ifindex: 3,
	mtu,
	flags: ['UP'],
	operstate: 'UP',
	...(kind && {linkinfo: {info_kind: kind}}),
	...more,
});
const address = (device: string, ip: string) => ({
	ifname: device,
	addr_info: [{family: 'inet', local: ip, prefixlen: 24, scope: 'global'}],
});
const filter = (...rules: readonly string[]): string =>
	`*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n${rules.join('\n')}\nCOMMIT\n`;

/** The recorded cluster of the model's own tests, with the rules of a node as they were dumped. */
const recorded =
	(change: (dump: string) => string) =>
	(world: World): void => {
		const {services, slices, nodes} = recordedState('iptables');
		Object.assign(world, {services, slices, nodes, proxyConfig: 'mode: iptables\nclusterCIDR: 10.244.0.0/16\n'});
		world.nodeEvidence = {'worker-2': said({iptables: change(recordedDump('iptables', 'worker-2')), proxyMode: page('iptables')})};
	};

const nodePort = (world: World): void => {
	Object.assign(serviceOf(world).spec, {type: 'NodePort'});
	serviceOf(world).spec.ports![0]!.nodePort = 30_080;
};

const udp = (answers: string): string =>
	`ipv4     2 udp      17 25 src=10.244.2.9 dst=10.96.0.40 sport=4000 dport=53 src=${answers} dst=10.244.2.9 sport=53 dport=4000 mark=0 use=1\n`;
const udpService = (world: World): void => {
	world.services.push(
		service('names', '10.96.0.40', {selector: {app: 'web'}, ports: [{name: 'dns', port: 53, protocol: 'UDP', targetPort: 53}]}),
	);
	world.slices.push({
		metadata: {
			name: 'names-1',
			namespace: 'shop',
			labels: {'kubernetes.io/service-name': 'names', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io'},
		},
		addressType: 'IPv4',
		ports: [{name: 'dns', port: 53, protocol: 'UDP'}],
		endpoints: [{addresses: ['10.244.1.3'], conditions: {ready: true}}],
	});
};

provesRules({
	'node-proxy-unhealthy': {
		fires: says({processes: ps('T'), healthz: page('{}')}),
		quiet: says({processes: ps('Ssl'), healthz: page('{}')}),
		says: /kube-proxy on worker-2 stands still \(its process is in state T\)/,
		first: true,
	},
	'node-proxy-failures': {
		fires: says({metrics: metrics('kubeproxy_sync_proxy_rules_iptables_restore_failures_total 3')}),
		quiet: says({metrics: metrics('kubeproxy_sync_proxy_rules_iptables_restore_failures_total 0')}),
		says: /kube-proxy on worker-2 has failed to write its rules 3 times/,
	},
	'node-mode-differs': {
		fires: says({proxyMode: page('ipvs')}),
		quiet: says({proxyMode: page('iptables')}),
		says: /kube-proxy on worker-2 runs in mode ipvs, and is configured for iptables/,
	},
	'node-rules-differ': {
		fires: recorded(dump =>
			dump
				.split('\n')
				.filter(line => !/^-A KUBE-SVC-.*-j KUBE-SEP-/.test(line))
				.join('\n'),
		),
		quiet: recorded(dump => dump),
		says: /the rules of worker-2 differ from what the API asks for/,
	},
	'node-leftover-rules': {
		fires: says({
			proxyMode: page('iptables'),
			iptables: filter(),
			nft: '{"nftables": [{"table": {"family": "ip", "name": "kube-proxy", "handle": 1}}]}',
			ipset: '',
			ipvs: '',
			links: '[]',
		}),
		quiet: says({
			proxyMode: page('nftables'),
			iptables: filter(),
			nft: '{"nftables": [{"table": {"family": "ip", "name": "kube-proxy", "handle": 1}}]}',
			ipset: '',
			ipvs: '',
			links: '[]',
		}),
		says: /worker-2 is in mode iptables and has 1 leftovers of another: nft table ip kube-proxy/,
	},
	'node-conntrack-stale': {
		fires(world) {
			udpService(world);
			world.nodeEvidence = {'worker-2': said({conntrack: udp('10.244.9.9')})};
		},
		quiet(world) {
			udpService(world);
			world.nodeEvidence = {'worker-2': said({conntrack: udp('10.244.1.3')})};
		},
		says: /worker-2 keeps 1 UDP flow to Service shop\/names with 10\.244\.9\.9, which is no endpoint/,
	},
	'node-conntrack-full': {
		fires: says({sysctls: 'net.netfilter.nf_conntrack_max = 1000\nnet.netfilter.nf_conntrack_count = 950\n'}),
		quiet: says({sysctls: 'net.netfilter.nf_conntrack_max = 1000\nnet.netfilter.nf_conntrack_count = 500\n'}),
		says: /the connection table of worker-2 is 95 % full/,
	},
	'node-forwarding-off': {
		fires: says({sysctls: 'net.ipv4.ip_forward = 0\n'}),
		quiet: says({sysctls: 'net.ipv4.ip_forward = 1\n'}),
		says: /worker-2 does not forward/,
		first: true,
	},
	'node-bridge-netfilter-off': {
		fires: says({
			sysctls: 'net.bridge.bridge-nf-call-iptables = 0\n',
			links: JSON.stringify([link('cni0', 'bridge', 1500)]),
			addresses: JSON.stringify([address('cni0', '10.244.2.1')]),
		}),
		quiet: says({
			sysctls: 'net.bridge.bridge-nf-call-iptables = 0\n',
			links: JSON.stringify([link('eth0', undefined, 1500)]),
			addresses: JSON.stringify([address('eth0', '172.18.0.12')]),
		}),
		says: /is 0 on worker-2, whose pods are on the bridge cni0/,
	},
	'node-firewall-drops': {
		fires: says({iptables: filter('-A FORWARD -j DROP')}),
		quiet: says({iptables: filter('-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD')}),
		says: /a firewall of worker-2 drops packets: filter: -A FORWARD -j DROP/,
	},
	'node-port-squatter': {
		fires(world) {
			nodePort(world);
			world.nodeEvidence = {
				'worker-2': said({
					listeners: 'tcp   LISTEN 0      128          0.0.0.0:30080      0.0.0.0:*    users:(("nginx",pid=77,fd=3))\n',
				}),
			};
		},
		quiet(world) {
			nodePort(world);
			world.nodeEvidence = {
				'worker-2': said({
					listeners: 'tcp   LISTEN 0      128          0.0.0.0:30081      0.0.0.0:*    users:(("nginx",pid=77,fd=3))\n',
				}),
			};
		},
		says: /nginx on worker-2 listens on 30080\/TCP, the NodePort of Service shop\/web/,
	},
	'node-strict-arp': {
		fires(world) {
			serviceOf(world).status = {loadBalancer: {ingress: [{ip: '203.0.113.7'}]}};
			world.nodeEvidence = {'worker-2': said({proxyMode: page('ipvs'), sysctls: 'net.ipv4.conf.all.arp_ignore = 0\n'})};
		},
		quiet: says({proxyMode: page('ipvs'), sysctls: 'net.ipv4.conf.all.arp_ignore = 0\n'}),
		says: /worker-2 answers ARP for every address of kube-ipvs0/,
	},
	'node-sync-late': {
		fires: says({
			metrics: metrics(
				'kubeproxy_sync_proxy_rules_last_timestamp_seconds 1000',
				'kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds 1100',
			),
		}),
		quiet: says({
			metrics: metrics(
				'kubeproxy_sync_proxy_rules_last_timestamp_seconds 1000',
				'kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds 1001',
			),
		}),
		says: /kube-proxy on worker-2 is 100 s behind/,
	},
	'node-link-down': {
		fires: says({
			links: JSON.stringify([link('eth0', undefined, 1500, {flags: [], operstate: 'DOWN'})]),
			addresses: JSON.stringify([address('eth0', '172.18.0.12')]),
		}),
		quiet: says({links: JSON.stringify([link('eth0', undefined, 1500)]), addresses: JSON.stringify([address('eth0', '172.18.0.12')])}),
		says: /eth0 of worker-2 is down/,
	},
	'node-mtu-large': {
		fires: says({
			links: JSON.stringify([link('eth0', undefined, 1500), link('flannel.1', 'vxlan', 1450), link('veth1', 'veth', 1500)]),
		}),
		quiet: says({
			links: JSON.stringify([link('eth0', undefined, 1500), link('flannel.1', 'vxlan', 1450), link('veth1', 'veth', 1450)]),
		}),
		says: /pods of worker-2 send up to 1500 bytes into the tunnel flannel\.1, which takes 1450/,
	},
	'node-port-range-overlap': {
		fires(world) {
			nodePort(world);
			world.nodeEvidence = {
				'worker-2': said({sysctls: 'net.ipv4.ip_local_port_range = 1024\t65535\nnet.ipv4.ip_local_reserved_ports = \n'}),
			};
		},
		quiet(world) {
			nodePort(world);
			world.nodeEvidence = {
				'worker-2': said({sysctls: 'net.ipv4.ip_local_port_range = 1024\t65535\nnet.ipv4.ip_local_reserved_ports = 30000-32767\n'}),
			};
		},
		says: /NodePort 30080 of Service shop\/web is among them/,
	},
});
