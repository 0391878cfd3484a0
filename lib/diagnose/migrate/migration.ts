import type {ClusterState} from '../../model/state.ts';
import {MODES, type Mode} from '../../target.ts';
import {UsageError} from '../../usage.ts';
import type {FactName, FactValues} from '../facts.ts';
import type {Snapshot} from '../snapshot.ts';
import {configOf} from '../views/proxy.ts';
import {stateFrom} from '../views/nodes.ts';
import {calendarOf, type Deadline} from './calendar.ts';
import {compareModes, type Change} from './compare-modes.ts';
import {preflight, type NodeReadiness} from './preflight.ts';

/** What a migration looks at. */
export const MIGRATION_FACTS: readonly FactName[] = [
	'version',
	'services',
	'slices',
	'nodes',
	'pods',
	'serviceCIDRs',
	'proxyConfig',
	'daemonSets',
];

export type Migration = {
	readonly from: Mode;
	readonly to: Mode;
	readonly services: number;
	readonly changes: readonly Change[];
	readonly nodes: readonly NodeReadiness[];
	readonly calendar: readonly Deadline[];
	/** What was taken for granted. */
	readonly assumed: readonly string[];
};

const valueOf = <Name extends FactName>({facts}: Snapshot, name: Name): FactValues[Name] => {
	const fact = facts[name];
	if (!fact?.ok)
		throw new UsageError(`migrate needs to know of ${name}: ${fact ? `${fact.source}: ${fact.why}` : 'it is not in this snapshot'}`);
	return fact.value as FactValues[Name];
};

/** The state of today: of the mode that the configuration names, or that somebody says where it cannot be read. */
export const stateOf = (snapshot: Snapshot, given: Mode | undefined): ClusterState => {
	const {proxyConfig, serviceCIDRs} = snapshot.facts;
	const text = proxyConfig?.ok ? proxyConfig.value : undefined;
	const known = text === undefined ? undefined : MODES.find(mode => mode === configOf(text)?.mode);
	const mode = given ?? known;
	if (mode === undefined)
		throw new UsageError("kube-proxy's mode is not known from its ConfigMap: say it with --from iptables, ipvs or nftables");
	const state = stateFrom({
		services: valueOf(snapshot, 'services'),
		slices: valueOf(snapshot, 'slices'),
		nodes: valueOf(snapshot, 'nodes'),
		version: valueOf(snapshot, 'version'),
		proxyConfig: text ?? `mode: ${mode}\n`,
		...(serviceCIDRs?.ok && {serviceCIDRs: serviceCIDRs.value}),
	});
	if (!state.ok) throw new UsageError(`migrate cannot tell: ${state.why}`);
	return {...state.value, mode};
};

/** What a change of kube-proxy's mode will do to this cluster. Throws UsageError, in one line, when it cannot be told. */
export const migrationOf = (snapshot: Snapshot, to: Mode, from: Mode | undefined): Migration => {
	const state = stateOf(snapshot, from);
	if (state.mode === to) throw new UsageError(`this cluster is in mode ${to} already`);
	const {pods, nodeEvidence} = snapshot.facts;
	return {
		from: state.mode,
		to,
		services: state.services.length,
		changes: compareModes(state, to, pods?.ok ? pods.value : []),
		nodes: preflight(state.nodes, to, nodeEvidence?.ok ? nodeEvidence.value : undefined),
		calendar: calendarOf(state),
		assumed: [
			...(snapshot.facts.proxyConfig?.ok ? [] : [`kube-proxy's configuration cannot be read: its defaults are taken`]),
			'the configuration stays as it is but for the mode',
			"the first address of the pods' network of each node is taken for another address of the node, as most network plugins have it",
		],
	};
};
