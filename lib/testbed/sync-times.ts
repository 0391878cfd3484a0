import type {Metrics} from '../facts/parse/metrics.ts';
import {FAMILY_NAMES} from '../model/address.ts';
import type {IpFamily} from '../target.ts';

export type Syncs = {readonly count: number; readonly seconds: number};

/** Of all syncs that there were; kube-proxy from 1.34 on tells those of all rules from those of what changed, but not in ipvs mode. */
const ALL = 'sync_proxy_rules_duration_seconds';
const FULL = 'sync_full_proxy_rules_duration_seconds';

const syncsOf = ({samples}: Metrics, name: string, family: IpFamily): Syncs => {
	const sumOf = (suffix: string): number =>
		samples
			.filter(
				sample =>
					sample.name === `kubeproxy_${name}_${suffix}` &&
					(sample.labels['ip_family'] ?? FAMILY_NAMES[family]) === FAMILY_NAMES[family],
			)
			.reduce((sum, {value}) => sum + value, 0);
	return {count: sumOf('count'), seconds: sumOf('sum')};
};

/** How many syncs of a family a kube-proxy has made since its start, and how long they took in all. */
export const allSyncs = (metrics: Metrics, family: IpFamily): Syncs => syncsOf(metrics, ALL, family);

/** Those of all rules, where they are told apart; else all. */
export const fullSyncs = (metrics: Metrics, family: IpFamily): Syncs => {
	const full = syncsOf(metrics, FULL, family);
	return full.count > 0 ? full : allSyncs(metrics, family);
};

/** Milliseconds of one sync, on the average, since there were so many; undefined: there was none. */
export const meanMs = (after: Syncs, before: Syncs = {count: 0, seconds: 0}): number | undefined =>
	after.count > before.count ? Math.round(((after.seconds - before.seconds) / (after.count - before.count)) * 1000) : undefined;
