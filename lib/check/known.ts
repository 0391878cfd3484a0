import {matcher} from './match.ts';
import type {Defect, Problem} from '../record/events.ts';
import type {IpFamily, Mode, Target} from '../target.ts';
import {familyOf} from '../check-id.ts';

/** A defect of Kubernetes that checks find where it is: their red is then `known`, and red with --strict. */
export type KnownDefect = Defect & {
	/** First version that has it; left out: all before `before`. */
	readonly from?: string;
	/** First version that has it no longer; left out: it is not mended yet. */
	readonly before?: string;
	/** Left out: all. */
	readonly modes?: readonly Mode[];
	/** Left out: both. */
	readonly families?: readonly IpFamily[];
	/** Checks that it turns red, written as for --match. */
	readonly checks: readonly string[];
	/** What the one broken hop of the walk says of it: a red that is told so, and no other. Left out: any red of these checks. */
	readonly told?: RegExp;
};

export const KNOWN: readonly KnownDefect[] = [
	{
		id: 'udp-entries-survive-zero',
		issue: 'https://github.com/kubernetes/kubernetes/issues/139628',
		what: 'conntrack entries of UDP flows stay when the last endpoint goes, and lead to nobody',
		before: '1.37.0',
		checks: ['udp/conntrack-zero'],
	},
	{
		id: 'udp-entries-survive-zero-node-port',
		issue: 'https://github.com/kubernetes/kubernetes/issues/139628',
		what: 'conntrack entries of UDP flows to node ports stay when the last endpoint goes, and lead to nobody',
		from: '1.37.0',
		// In ipvs mode the kernel gives up a flow whose real server is gone (expire_nodest_conn).
		modes: ['iptables', 'nftables'],
		checks: ['udp/conntrack-zero/NodePort'],
	},
	{
		id: 'udp-entries-survive-service',
		issue: 'https://github.com/kubernetes/kubernetes/issues/141371',
		what: 'conntrack entries of UDP flows stay when their Service is deleted, and lead to its old endpoint',
		before: '1.38.0',
		modes: ['iptables', 'nftables'],
		checks: ['udp/service-delete'],
	},
	{
		id: 'udp-entries-in-transit',
		issue: 'https://github.com/kubernetes/kubernetes/issues/126130',
		what: "conntrack entries of UDP flows to other nodes' NodePorts are deleted whenever kube-proxy looks after UDP",
		from: '1.32.0',
		checks: ['udp/node-port-in-transit'],
	},
	{
		id: 'nft-mark-chain-stays',
		issue: 'https://github.com/kubernetes/kubernetes/pull/135800',
		what: 'the chain mark-for-masquerade of kube-proxy up to 1.35 stays in its table when 1.36 takes its place',
		from: '1.36.0',
		before: '1.37.0',
		modes: ['nftables'],
		checks: ['proxy/upgrade/rules'],
	},
	{
		id: 'ip-vs-claims-answers',
		issue: 'https://github.com/torvalds/linux/blob/v6.12/net/netfilter/ipvs/ip_vs_core.c',
		what: "in ipvs mode a pod's answer is taken for a Service's where a connection had the same port of the client before",
		modes: ['ipvs'],
		checks: ['*'],
		told: /^ip_vs of \S+ takes what /,
	},
];

const numbers = (version: string): readonly number[] => version.replace(/^v/, '').split(/[.+-]/, 3).map(Number);

/** Whether a version comes before another; one that is no version comes before none. */
const isBefore = (version: string, other: string): boolean => {
	const [ours, theirs] = [numbers(version), numbers(other)];
	const at = ours.findIndex((number, index) => number !== theirs[index]);
	return at >= 0 && (ours[at] ?? 0) < (theirs[at] ?? 0);
};

/** The defect that explains a red of this check on this target, if one is known there. */
export const knownDefect = (
	{mode, version}: Pick<Target, 'version'> & {readonly mode: string},
	id: string,
	problem?: Pick<Problem, 'chain'>,
	known: readonly KnownDefect[] = KNOWN,
): Defect | undefined => {
	const broken = problem?.chain?.filter(({state}) => state === 'broken') ?? [];
	const found = known.find(
		({from, before, modes, families, checks, told}) =>
			matcher(checks)(id) &&
			(!told || (broken.length === 1 && told.test(broken[0]?.finding ?? ''))) &&
			!(from !== undefined && isBefore(version, from)) &&
			(before === undefined || isBefore(version, before)) &&
			(!modes || modes.some(one => one === mode)) &&
			(!families || families.includes(familyOf(id))),
	);
	return found && {id: found.id, issue: found.issue, what: found.what};
};
