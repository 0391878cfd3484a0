/**
 * How long do clusters take to come up and to go? Each phase, for each provider that can work here.
 * With an empty cache (XDG_CACHE_HOME=<an empty directory>) the first round is the cold one: it builds the parts.
 * usage: node bench/up.ts [rounds] [mode] [family]
 */
import type {Provider} from '../clusters/provider.ts';
import type {EventBody} from '../lib/record/events.ts';
import {ownNew, clusterDir} from '../lib/cluster/owner.ts';
import {watchInterrupts} from '../lib/interrupts.ts';
import {makeCluster} from '../lib/cluster/make-cluster.ts';
import {STANDARD} from '../lib/options/options.ts';
import {loadProviders} from '../lib/cluster/providers.ts';
import {newId} from '../lib/cluster/id.ts';
import {takeDown} from '../lib/cluster/take-down.ts';
import type {Family, Mode, Target} from '../lib/target.ts';

const [rounds = '5', mode = 'iptables', family = STANDARD.family] = process.argv.slice(2) as [string?, Mode?, Family?];
const interrupts = watchInterrupts(process, code => process.exit(code));
interrupts.guard(signal => {
	console.error(`interrupted by ${signal}: taking down what was made`);
});

/** Phase → milliseconds, in the order in which they ended; `up` and `down` are the whole. */
type Round = ReadonlyMap<string, number>;

const oneRound = async (provider: Provider, target: Target): Promise<Round> => {
	const phases = new Map<string, number>();
	const id = newId();
	const dir = clusterDir(id);
	await ownNew(dir, provider.name);
	const timed = async (name: string, work: () => Promise<unknown>): Promise<void> => {
		const start = performance.now();
		try {
			await work();
		} finally {
			phases.set(name, Math.round(performance.now() - start));
		}
	};
	try {
		const emit = (event: EventBody): void => {
			if (event.type === 'step-finished') phases.set(event.step, event.ms);
		};
		await timed('up', async () => makeCluster({provider, target, id, dir, emit, signal: interrupts.signal, logs: dir}));
	} finally {
		await timed('down', async () => takeDown(provider, {id, dir}, {signals: interrupts.count}));
	}
	return phases;
};

const inSeconds = (ms: number | undefined): string => (ms === undefined ? '' : (ms / 1000).toFixed(2));
const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);

for (const provider of await loadProviders()) {
	const target: Target = {
		provider: provider.name,
		mode,
		family,
		workers: STANDARD.workers,
		version: provider.versions[0] ?? 'unknown',
	};
	const support = await provider.preflight(target);
	console.log(
		`\n${provider.name}, ${mode}, ${family}, Kubernetes ${target.version}, ${target.workers} workers: ` +
			`${support.ok ? support.how : support.why}\n`,
	);
	if (!support.ok) continue;
	const all: Round[] = [];
	for (let round = 0; round < Number(rounds) && !interrupts.signal.aborted; round++)
		all.push(await oneRound(provider, support.target ?? target));
	const [first, ...later] = all;
	if (!first || later.length === 0) throw new Error('two rounds at least: the first may be a cold one');
	console.log(`| phase, in s | first | median of ${later.length} later | least | most |\n|---|---:|---:|---:|---:|`);
	for (const phase of first.keys()) {
		const times = sorted(later.flatMap(one => one.get(phase) ?? []));
		console.log(
			`| ${phase} | ${inSeconds(first.get(phase))} | ${inSeconds(times[Math.floor(times.length / 2)])} | ` +
				`${inSeconds(times[0])} | ${inSeconds(times.at(-1))} |`,
		);
	}
}
process.exit(interrupts.signal.aborted ? 130 : 0);
