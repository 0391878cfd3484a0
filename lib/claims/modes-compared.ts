import type {CheckRun, Run} from '../record/run.ts';
import {runsOf} from './by-checks.ts';
import type {Judged} from './claim.ts';

const runsIn = (run: Run, mode: string, id: string): readonly CheckRun[] =>
	run.targets.filter(({spec}) => spec.mode === mode).flatMap(target => runsOf(target, id));

/** kube-proxy gathers changes for its minSyncPeriod of 1 s: what is less is no difference. */
const SAME_WITHIN_MS = 1_000;
const FOLLOWED = 'clusterip/endpoint-churn';

/** How long the slowest change of endpoints took until every node followed. */
const slowest = (run: Run, mode: string): {readonly ms: number; readonly id: string} | undefined =>
	runsIn(run, mode, FOLLOWED)
		.filter(({outcome}) => outcome === 'passed')
		.flatMap(({id, numbers}) => {
			const times = numbers.filter(({name, unit}) => unit === 'ms' && name.includes('until every node followed'));
			return times.length === 0 ? [] : [{id, ms: Math.max(...times.map(({value}) => value))}];
		})[0];

/** Whether iptables mode follows a change of endpoints later than ipvs mode. */
export const slowerThanIpvs = (run: Run): Judged => {
	const [iptables, ipvs] = [slowest(run, 'iptables'), slowest(run, 'ipvs')];
	if (!iptables || !ipvs)
		return {
			verdict: 'not tested',
			why: `it takes ${FOLLOWED} in iptables and in ipvs mode in one run (--mode iptables,ipvs)`,
			checks: [],
		};
	return {
		verdict: iptables.ms > ipvs.ms + SAME_WITHIN_MS ? 'holds' : 'does not hold',
		why: `every node followed the slowest change of endpoints after ${iptables.ms} ms in iptables mode, ${ipvs.ms} ms in ipvs mode`,
		checks: [FOLLOWED, iptables.id, ipvs.id],
	};
};

const FEW = 100;
const MANY = [5000, 1000];
const rowOf = (size: number): string => `scale/first-packet/${size}`;
/** Half of two hundred connections are not the same twice: what differs by less than this is no growth. */
const GROWS_BY_MS = 0.1;

/** What the rules of so many Services add to the first packet, the middle one of the nodes, in milliseconds. */
const added = (run: Run, mode: string, size: number): number | undefined => {
	const values = runsIn(run, mode, rowOf(size))
		.flatMap(({numbers}) => numbers)
		.filter(({name, unit}) => unit === 'ms' && name.startsWith('what the rules add'))
		.map(({value}) => value)
		.toSorted((a, b) => a - b);
	return values[Math.floor(values.length / 2)];
};

/** How much more the first packet takes with many Services than with few. */
const growth = (run: Run, mode: string, many: number): number | undefined => {
	const [less, more] = [added(run, mode, FEW), added(run, mode, many)];
	return less === undefined || more === undefined ? undefined : Math.round((more - less) * 100) / 100;
};

/** Whether the first packet grows slower with the number of Services in iptables mode, and does not in ipvs mode. */
export const growsInIptablesAlone = (run: Run): Judged => {
	for (const many of MANY) {
		const grown = Object.fromEntries(['iptables', 'ipvs', 'nftables'].map(mode => [mode, growth(run, mode, many)]));
		const {iptables, ipvs} = grown;
		if (iptables === undefined || ipvs === undefined) continue;
		const figures = Object.entries(grown).flatMap(([mode, ms]) => (ms === undefined ? [] : [`${ms} ms in ${mode} mode`]));
		const isEven = iptables < GROWS_BY_MS;
		const isAsSlow = ipvs >= GROWS_BY_MS && ipvs > iptables / 2;
		return {
			verdict: isEven || isAsSlow ? 'does not hold' : 'holds',
			why: `from ${FEW} to ${many} Services the first packet grew slower by ${figures.join(', ')}`,
			checks: [rowOf(FEW), rowOf(many)],
		};
	}
	return {
		verdict: 'not tested',
		why: `it takes ${rowOf(FEW)} and ${rowOf(1000)} in iptables and in ipvs mode in one run (--mode iptables,ipvs)`,
		checks: [],
	};
};
