import type {Provider} from '../../clusters/provider.ts';
import type {ClusterRef, Target} from '../target.ts';
import {UsageError} from '../usage.ts';
import {attach} from './attach.ts';
import {chooseProvider} from './choose-provider.ts';
import type {Choice} from './choose-provider.ts';
import {DEFAULT_TARGET} from './options.ts';
import type {TargetFlags} from './options.ts';

/** Where a run's cluster comes from: made for it, or there already and left as it is. */
export type Source = (Choice & {readonly made: true}) | {readonly made: false; readonly cluster: ClusterRef; readonly target: Target; readonly reason: string};

/** Settles what a run is about and looks whether it can be had; changes nothing. Throws UsageError. */
export const chooseSource = async (flags: TargetFlags & {readonly reuse?: string}, providers: () => Promise<readonly Provider[]>): Promise<Source> => {
	if (flags.reuse === undefined) return {made: true, ...await chooseProvider(await providers(), {...DEFAULT_TARGET, ...flags})};
	const cluster = await attach(flags.reuse);
	const {target} = cluster;
	const contradictions = ([
		['mode', target.mode], ['family', target.family], ['provider', target.provider], ['k8s', target.version], ['workers', target.workers], ['parts', target.parts ?? 'auto'],
	] as const).filter(([flag, is]) => flags[flag] !== undefined && flags[flag] !== is && flags[flag] !== 'auto');
	if (contradictions.length > 0) throw new UsageError(contradictions.map(([flag, is]) => `cluster ${cluster.id} has --${flag} ${is}, not ${flags[flag]}`).join('; '));
	return {made: false, cluster, target, reason: `${target.provider}: cluster ${cluster.id}, which exists`};
};
