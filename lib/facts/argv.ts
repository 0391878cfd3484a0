import {isTorn} from './torn.ts';

/**
 * Every command that vipcheck runs on a node in order to look: nothing else may be run there. All of them only read. The kernel may load
 * the module that answers (tcp_diag for ss, nf_conntrack_netlink for conntrack); where a module would touch packets, the command has a
 * guard.
 */
type Look = {
	readonly argv: readonly string[];
	/** Asked first; when it says no, there is nothing to see and `absent` is the output. */
	readonly guard?: {readonly argv: readonly string[]; readonly absent: string};
	/** Tells what the command printed while somebody changed what it was reading: to be read again. */
	readonly isTorn?: (text: string) => boolean;
};

/** What decides about Services' packets, or about kube-proxy's rules. */
const SYSCTLS = [
	'net.ipv4.ip_forward',
	'net.ipv6.conf.all.forwarding',
	'net.ipv4.conf.all.route_localnet',
	'net.ipv4.conf.all.rp_filter',
	'net.ipv4.conf.default.rp_filter',
	'net.ipv4.conf.all.arp_ignore',
	'net.ipv4.conf.all.arp_announce',
	'net.ipv4.ip_local_port_range',
	'net.ipv4.ip_local_reserved_ports',
	'net.bridge.bridge-nf-call-iptables',
	'net.bridge.bridge-nf-call-ip6tables',
	'net.netfilter.nf_conntrack_max',
	'net.netfilter.nf_conntrack_count',
	'net.netfilter.nf_conntrack_tcp_be_liberal',
	'net.netfilter.nf_conntrack_tcp_timeout_established',
	'net.netfilter.nf_conntrack_tcp_timeout_close_wait',
	'net.netfilter.nf_conntrack_udp_timeout',
	'net.netfilter.nf_conntrack_udp_timeout_stream',
	'net.ipv4.vs.conntrack',
	'net.ipv4.vs.conn_reuse_mode',
	'net.ipv4.vs.expire_nodest_conn',
	'net.ipv4.vs.expire_quiescent_template',
] as const;

/** kube-proxy's own pages. The answer's status is the last line: 503 of healthz is an answer too. */
const page = (port: number, path: string): Look => ({
	argv: ['curl', '--silent', '--show-error', '--max-time', '5', '--write-out', '\n%{http_code}', `http://127.0.0.1:${port}${path}`],
});

export const LOOKS = {
	iptables: {argv: ['iptables-save'], isTorn},
	ip6tables: {argv: ['ip6tables-save'], isTorn},
	// Rules of the other kernel interface, which iptables-save of nf_tables does not show. Without the guard, the tool loads ip_tables,
	// which hooks itself into the path of all packets.
	iptablesLegacy: {argv: ['iptables-legacy-save'], guard: {argv: ['test', '-e', '/proc/net/ip_tables_names'], absent: ''}},
	ip6tablesLegacy: {argv: ['ip6tables-legacy-save'], guard: {argv: ['test', '-e', '/proc/net/ip6_tables_names'], absent: ''}},
	nft: {argv: ['nft', '-j', 'list', 'ruleset']},
	ipset: {argv: ['ipset', 'save'], guard: {argv: ['test', '-e', '/sys/module/ip_set'], absent: ''}},
	// Without the guard, ipvsadm loads ip_vs, which hooks itself into the path of all packets.
	ipvs: {argv: ['ipvsadm-save', '-n'], guard: {argv: ['test', '-e', '/proc/net/ip_vs'], absent: ''}},
	conntrack: {argv: ['conntrack', '-L', '-o', 'extended']},
	conntrackIpv6: {argv: ['conntrack', '-L', '-f', 'ipv6', '-o', 'extended']},
	// -e: keys that this kernel does not have are left out.
	sysctls: {argv: ['sysctl', '-e', ...SYSCTLS]},
	addresses: {argv: ['ip', '-j', 'addr']},
	links: {argv: ['ip', '-j', '-d', 'link']},
	routes: {argv: ['ip', '-j', 'route', 'show', 'table', 'all']},
	routesIpv6: {argv: ['ip', '-j', '-6', 'route', 'show', 'table', 'all']},
	routingRules: {argv: ['ip', '-j', 'rule']},
	routingRulesIpv6: {argv: ['ip', '-j', '-6', 'rule']},
	// Each interface has its own, and the names of interfaces are not known before.
	interfaceSettings: {argv: ['sysctl', '-a', '-r', '^net\\.ipv[46]\\.conf\\.[^.]+\\.(forwarding|rp_filter)$']},
	queues: {argv: ['tc', '-s', '-j', 'qdisc', 'show']},
	neighbours: {argv: ['ip', '-j', 'neigh']},
	listeners: {argv: ['ss', '-H', '-l', '-t', '-u', '-n', '-p']},
	processes: {argv: ['ps', '-e', '-o', 'pid,stat,comm']},
	healthz: page(10_256, '/healthz'),
	livez: page(10_256, '/livez'),
	proxyMode: page(10_249, '/proxyMode'),
	configz: page(10_249, '/configz'),
	metrics: page(10_249, '/metrics'),
} as const satisfies Readonly<Record<string, Look>>;

export type LookName = keyof typeof LOOKS;
export const LOOK_NAMES = Object.keys(LOOKS) as readonly LookName[];

/** The command of a look, and its guard. */
export const lookOf = (name: LookName): Look => LOOKS[name];
