import {inMode, inModes, measured, notTestable, provedBy, refutedBy, supportedBy} from '../by-checks.ts';
import type {Claim} from '../claim.ts';
import {growsInIptablesAlone, slowerThanIpvs} from '../modes-compared.ts';

const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'sh', 'dh', 'sed', 'nq'].map(name => `ipvs/scheduler-${name}`);

export default [
	{
		id: 'userspace-removed-1.20',
		statement: 'userspace mode was removed after v1.20',
		expected: 'no: 1.26',
		judge: notTestable('it takes a kube-proxy of 1.21 to 1.25; those that vipcheck runs are all newer'),
	},
	{
		id: 'ipvs-default-since-1.12',
		statement: 'ipvs has been the default mode since v1.12',
		expected: 'no: iptables is still the default on Linux; ipvs is deprecated since 1.35',
		judge: refutedBy('claims/proxy/default-mode', 'kube-proxy without a mode in its configuration ran in iptables mode'),
	},
	{
		id: 'ipvs-scheduler-annotation',
		statement: 'the annotation service.kubernetes.io/ipvs-scheduler on a Service chooses its scheduler',
		expected: 'no: kube-proxy ignores it; only its own config counts, for all Services',
		judge: inMode('ipvs', refutedBy('ipvs/scheduler-annotation', "a Service with it had the scheduler of kube-proxy's configuration")),
	},
	{
		id: 'ipvs-eight-schedulers',
		statement: 'rr wrr lc wlc sh dh sed nq can be chosen',
		expected: "yes, through kube-proxy's config, where the kernel has the module (mh too)",
		judge: inMode(
			'ipvs',
			supportedBy(SCHEDULERS, 'each of the eight was set in kube-proxy’s configuration and dealt connections out as it should'),
		),
	},
	{
		id: 'ipvs-wrr-weights',
		statement: 'wrr sends more to stronger pods',
		expected: 'no: kube-proxy gives every endpoint weight 1',
		judge: inMode('ipvs', refutedBy('ipvs/scheduler-wrr', 'wrr dealt connections out in turn: all endpoints have the same weight')),
	},
	{
		id: 'ipvs-health-checks',
		statement: 'ipvs has health checks of its own and drops a dead pod faster',
		expected: 'no: endpoints come from the API in every mode',
		judge: inMode(
			'ipvs',
			refutedBy(
				'claims/observed/dead-endpoint',
				'an endpoint that is dead, but ready in its EndpointSlice, went on getting connections',
			),
		),
	},
	{
		id: 'iptables-slow-failover',
		statement: 'in iptables mode a dead backend is removed more slowly than in ipvs',
		expected: 'measure both',
		judge: {modes: slowerThanIpvs},
	},
	{
		id: 'iptables-no-affinity',
		statement: 'iptables mode has no session affinity',
		expected: 'no: ClientIP works in every mode',
		judge: inMode('iptables', refutedBy('affinity/sticky', 'clients stayed with one endpoint by ClusterIP and by NodePort')),
	},
	{
		id: 'iptables-round-robin',
		statement: 'iptables balances round robin',
		expected: 'no: random with probability 1/k',
		judge: inMode(
			'iptables',
			measured('clusterip/balancing', runs => {
				const rows = runs.flatMap(({charts = []}) => charts.flatMap(chart => (chart.kind === 'shares' ? chart.rows : [])));
				const spread = rows.map(({bars}) => Math.max(...bars.map(({value}) => value)) - Math.min(...bars.map(({value}) => value)));
				if (spread.length === 0) return {verdict: 'unclear', why: 'the run has no figures of its balance'};
				return Math.max(...spread) <= 1
					? {verdict: 'holds', why: 'no endpoint had more than one connection more than another, from any node'}
					: {
							verdict: 'does not hold',
							why:
								`from ${rows.length} nodes the endpoints with most and least connections were ${Math.min(...spread)} to ` +
								`${Math.max(...spread)} apart, as chance would have it; in turn it would be at most 1`,
						};
			}),
		),
	},
	{
		id: 'ipvs-o1-iptables-on',
		statement: 'ipvs finds a Service in O(1), iptables in O(n)',
		expected: 'measure first-packet latency at 10, 1,000, 5,000 Services, and nftables beside them',
		judge: {modes: growsInIptablesAlone},
	},
	{
		id: 'log-says-using',
		statement: 'the proxy log line "Using … Proxier" tells the mode',
		expected: 'yes; /proxyMode too',
		judge: provedBy('proxy/mode', 'the log of every kube-proxy and its /proxyMode said the mode that it runs in'),
	},
	{
		id: 'configmap-restart',
		statement: 'changing mode in the ConfigMap needs a restart of kube-proxy',
		expected: 'yes; leftovers of the old mode are to be checked',
		judge: provedBy(
			'claims/proxy/configuration',
			'with another mode in its ConfigMap kube-proxy went on in its own until it was started anew',
		),
	},
	{
		id: 'modules-ipvs',
		statement: 'ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh, nf_conntrack are needed',
		expected: "partly: the chosen scheduler's module, ip_vs, nf_conntrack; otherwise it exits (≥1.26), no fall-back",
		judge: inMode(
			'ipvs',
			refutedBy(
				'claims/observed/modules',
				'every kube-proxy ran in ipvs mode with scheduler rr, and not all of these modules were loaded',
			),
		),
	},
	{
		id: 'metrics-ipvs',
		statement: 'kube-proxy exports ipvs connection metrics',
		expected: 'no: none are ipvs-specific',
		judge: inModes({ipvs: refutedBy('claims/observed/metrics', 'no metric of any kube-proxy has ipvs in its name')}),
	},
] satisfies readonly Claim[];
