import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import type {Fact} from '../../facts/fact.ts';
import {valueOf} from '../../facts/parse/metrics.ts';
import {aside, broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import {differenceText} from '../../model/rules/difference-text.ts';
import type {Difference} from '../../model/rules/graph.ts';
import type {NodeDifferences} from '../differences.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';
import {changedAtMs, fullName, versionsOf} from '../versions.ts';

const HOP = {name: 'kube-proxy of the suspected nodes does its work', layer: 'kube-proxy'} as const;
const FAMILIES = {ipv4: 'IPv4', ipv6: 'IPv6'} as const;

/** Times of the API are whole seconds, of another machine's clock. */
const CLOCK_MS = 1_000;

/**
 * kube-proxy syncs at the latest its minSyncPeriod (1 s) after a change, a few seconds later on a busy machine; beyond this it does not.
 */
const LATE_MS = 10_000;

type Watch = {readonly stands: string} | {readonly unknown: string} | {readonly works: string};

/** Whether it runs and answers. One that is stopped is asked nothing: it would not answer. */
const watch = ({facts: {processes, livez}}: WalkedNode): Watch => {
	const own = processes.ok ? processes.value.processes.filter(({command}) => command === 'kube-proxy') : undefined;
	const stopped = own?.find(({state}) => /^[Tt]/.test(state));
	if (stopped) return {stands: `hangs: its process ${stopped.pid} is stopped (state ${stopped.state})`};
	const dead = own?.find(({state}) => state.startsWith('Z'));
	if (dead && own?.length === 1) return {stands: `is dead: its process ${dead.pid} is a zombie`};
	if (livez.ok)
		return livez.value.status === 200
			? {works: 'answers /livez with 200'}
			: {stands: `says itself that it is not well: /livez answers ${livez.value.status}: ${livez.value.body.trim().slice(0, 200)}`};
	if (own?.length === 0) return {stands: `is gone: no process has its name, and ${livez.source} says ${livez.why}`};
	// curl leaves with 28 when its time is up: somebody took the connection and said nothing.
	if (/^exit code 28\b/.test(livez.why))
		return {stands: `hangs: it runs${own?.[0] ? ` (state ${own[0].state})` : ''}, but does not answer /livez: ${livez.why}`};
	return {unknown: `${livez.source}: ${livez.why}`};
};

/** When it last brought the rules up to date, by its own clock (ms since 1970). */
const lastSyncMs = ({facts: {metrics}}: WalkedNode, family: ChainFacts['family']): number | undefined => {
	const seconds = metrics.ok
		? (valueOf(metrics.value, 'kubeproxy_sync_proxy_rules_last_timestamp_seconds', {ip_family: FAMILIES[family]}) ??
			valueOf(metrics.value, 'kubeproxy_sync_proxy_rules_last_timestamp_seconds'))
		: undefined;
	return seconds === undefined || seconds === 0 ? undefined : seconds * 1000;
};

const time = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/**
 * When a Service changed after the last sync (ms since 1970). `not`: the check has seen its rules complete and nothing has changed since,
 * or the last sync is younger; undefined: not known.
 */
const changedSince = (
	service: V1Service,
	slices: readonly V1EndpointSlice[],
	seen: ChainFacts['seen'],
	lastSync: number | undefined,
): number | 'not' | undefined => {
	if (seen.get(fullName(service)) === versionsOf(service, slices)) return 'not';
	const changed = changedAtMs(service, slices);
	if (lastSync === undefined || changed === undefined) return undefined;
	return changed + CLOCK_MS > lastSync ? changed : 'not';
};

/**
 * Whether what is wrong with a Service's rules may come from a kube-proxy that merely stands still: it has changed since the last sync. It
 * cannot when the check has seen these rules complete and nothing has changed since, or when the last sync is younger than the last change.
 * Where neither is known, a kube-proxy that hangs is the first thing to mend.
 */
const mayBeBehind = (name: string, {services, slices, seen}: ChainFacts, lastSync: number | undefined): boolean => {
	if (!services.ok || !slices.ok) return true;
	const service = services.value.find(one => fullName(one) === name);
	// A Service that is gone: what is left of it is old.
	if (!service) return true;
	return changedSince(service, slices.value, seen, lastSync) !== 'not';
};

/**
 * Whether a difference may be gone at the next sync: what its Service is now is younger than the last one, and not yet late. A difference
 * that names no Service may be of any that is.
 */
const isDue = (name: string | undefined, facts: ChainFacts, lastSync: number | undefined): boolean => {
	const {services, slices, seen, atMs} = facts;
	if (!services.ok || !slices.ok || lastSync === undefined) return false;
	return services.value
		.filter(service => (name === undefined ? fullName(service).startsWith(`${facts.namespace}/`) : fullName(service) === name))
		.some(service => {
			const changed = changedSince(service, slices.value, seen, lastSync);
			return typeof changed === 'number' && atMs - changed <= LATE_MS;
		});
};

/** What kube-proxy of a node will see to, and why it has not: of all that is wrong there, or of some differences. */
export type Behind = {readonly all: true} | {readonly due: ReadonlySet<Difference>; readonly why: string};

type Judged = {
	readonly findings: readonly Finding[];
	readonly behind?: Behind;
	readonly evidence: string;
};

const judge = (node: WalkedNode, facts: ChainFacts, differences: Fact<NodeDifferences> | undefined): Judged => {
	const state = watch(node);
	const lastSync = lastSyncMs(node, facts.family);
	const synced = lastSync === undefined ? '' : `, last sync at ${time(lastSync)}`;
	const own = differences?.ok ? differences.value.own : [];
	const explained = own.filter(({about = ''}) => mayBeBehind(about.replace(/:[^:]*$/, ''), facts, lastSync));
	const [first] = explained;
	const example = first
		? `: ${differenceText({...first, node: node.name})}${explained.length > 1 ? ` (and ${explained.length - 1} more)` : ''}`
		: '';
	if ('stands' in state) {
		const text = `kube-proxy of ${node.name} ${state.stands}${synced}`;
		const evidence = `${node.name}: ${state.stands}${synced}`;
		// Where its rules cannot be compared, nothing speaks for it.
		if (first || !differences?.ok)
			return {findings: [broken(`${text}, and its rules are behind the API${example}`)], behind: {all: true}, evidence};
		return {
			findings: [
				aside(
					`${text}; ` +
						(own.length > 0
							? 'but what is wrong with the rules was right at its last sync, so that it stands still does not explain it'
							: 'but the rules of the Services are those that the API asks for'),
				),
			],
			evidence,
		};
	}
	if ('unknown' in state) return {findings: [unknown(`${node.name}: ${state.unknown}`)], evidence: ''};
	const changed =
		facts.services.ok && facts.slices.ok
			? facts.services.value.flatMap(service => changedAtMs(service, facts.slices.ok ? facts.slices.value : []) ?? [])
			: [];
	const late = first && lastSync !== undefined && changed.some(ms => ms > lastSync + CLOCK_MS && facts.atMs - ms > LATE_MS);
	if (late)
		return {
			findings: [
				broken(
					`kube-proxy of ${node.name} has not synced since ${time(lastSync)}, though the API changed at ` +
						`${time(Math.max(...changed))}${example}`,
				),
			],
			behind: {all: true},
			evidence: '',
		};
	const due = new Set(own.filter(({about}) => isDue(about?.replace(/:[^:]*$/, ''), facts, lastSync)));
	return {
		findings: [],
		...(due.size > 0 && {behind: {due, why: `the Service has changed since kube-proxy's last sync at ${time(lastSync ?? 0)}`}}),
		evidence: `${node.name}: ${state.works}${synced}`,
	};
};

/**
 * Whether kube-proxy of each suspected node works, and on which nodes what is wrong with the rules comes from its standing still
 * (`behind`).
 */
export const kubeProxyHop = (
	facts: ChainFacts,
	differences: ReadonlyMap<string, Fact<NodeDifferences>>,
): {readonly hop: Hop; readonly behind: ReadonlyMap<string, Behind>} => {
	const nodes = facts.nodes
		.filter(({suspected}) => suspected)
		.map(node => ({name: node.name, ...judge(node, facts, differences.get(node.name))}));
	return {
		hop: hopOf(
			HOP,
			nodes.flatMap(({findings}) => findings),
			nodes.flatMap(({evidence}) => (evidence === '' ? [] : [evidence])),
		),
		behind: new Map(nodes.flatMap(({name, behind}) => (behind ? [[name, behind] as const] : []))),
	};
};
