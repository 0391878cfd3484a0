/**
 * Random states of clusters, judged by kube-proxy's own code: node .ci/oracle.ts [--states N] [--seconds N] [--seed N] [--mode iptables]
 * [--k8s 1.36.3] [--packets N]. For each, that code makes its rules with fresh eyes in a network of its own; the model must expect exactly
 * these, and say of packets what these rules do to them. Prints a table and `N passed, N failed` (states). Needs root and Go, as the
 * embedded cluster does, but no cluster.
 */
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {nodeFileSystem} from '../clusters/embedded/parts/rootfs.ts';
import {KUBERNETES_VERSIONS} from '../clusters/embedded/parts.ts';
import {lineOf, type Case, type Version} from '../test/oracle/case.ts';
import {generate} from '../test/oracle/generate.ts';
import {judge, type Judgement} from '../test/oracle/judge.ts';
import {ORACLE_MODES} from '../test/oracle/modes.ts';
import {shrink} from '../test/oracle/shrink.ts';
import {cacheRoot} from '../lib/paths.ts';
import type {Mode} from '../lib/target.ts';
import {oracleProgram} from './oracle/build.ts';
import {startOracle, type Oracle} from './oracle/run.ts';

const {values} = parseArgs({
	options: {
		states: {type: 'string', default: '500'},
		seconds: {type: 'string', default: '3600'},
		seed: {type: 'string', default: '1'},
		packets: {type: 'string', default: '40'},
		mode: {type: 'string', multiple: true, default: Object.keys(ORACLE_MODES)},
		k8s: {type: 'string', multiple: true, default: [...KUBERNETES_VERSIONS]},
	},
});
const [states, seconds, seed, packets] = [values.states, values.seconds, values.seed, values.packets].map(Number) as [
	number,
	number,
	number,
	number,
];
/** More of one kind would only say the same again. */
const MOST_FAILURES = 5;
/** Lines of differences that are shown of a state. */
const MOST_LINES = 12;

type Outcome = Judgement | {readonly refused: readonly string[]};

const outcomeOf = async (oracle: Oracle, one: Case, version: Version): Promise<Outcome> => {
	const {files, refused, errors = []} = await oracle.ask(lineOf(one, version.mode));
	if (refused) return {refused};
	if (!files || errors.length > 0) return {differences: errors.map(text => `kube-proxy: ${text}`), parts: 0, packets: 0};
	return judge(one, version, files, packets);
};

/** What kind of difference comes first: `ipv4 missing`; a smaller case must fail in the same way. */
const kindOf = (outcome: Outcome): string | undefined =>
	'refused' in outcome ? undefined : /^\S+ \S+/.exec(outcome.differences[0] ?? '')?.[0];

const show = async (oracle: Oracle, at: number, one: Case, version: Version): Promise<void> => {
	const kind = kindOf(await outcomeOf(oracle, one, version));
	const small = await shrink(one, async each => kindOf(await outcomeOf(oracle, each, version)) === kind);
	const outcome = await outcomeOf(oracle, small, version);
	const {differences} = 'refused' in outcome ? {differences: []} : outcome;
	console.log(
		`\nseed ${at}, ${version.mode} 1.${version.minor}:\n${differences
			.slice(0, MOST_LINES)
			.map(line => `  ${line}`)
			.join(
				'\n',
			)}${differences.length > MOST_LINES ? `\n  and ${differences.length - MOST_LINES} more` : ''}\n${JSON.stringify(small)}\n`,
	);
};

const root = join(
	await nodeFileSystem(process.execPath, {
		cache: cacheRoot(),
		signal: new AbortController().signal,
		log: '/dev/null',
		progress: text => console.error(text),
	}),
	'root',
);
const rows: string[] = [];
let [passed, failed] = [0, 0];
for (const k8s of values.k8s) {
	const program = await oracleProgram(k8s, cacheRoot());
	for (const mode of values.mode as Mode[]) {
		const version = {mode, minor: Number(k8s.split('.')[1])};
		const oracle = startOracle(program, root);
		const start = performance.now();
		const [sum, reasons] = [{states: 0, failures: 0, refused: 0, parts: 0, packets: 0}, new Map<string, number>()];
		for (let at = seed; at < seed + states && performance.now() - start < seconds * 1000 && sum.failures < MOST_FAILURES; at++) {
			const one = generate(at, version.minor);
			const outcome = await outcomeOf(oracle, one, version);
			if ('refused' in outcome) {
				sum.refused++;
				for (const reason of outcome.refused) reasons.set(reason.replace(/^\S+ \S+: /, ''), at);
				continue;
			}
			sum.states++;
			sum.parts += outcome.parts;
			sum.packets += outcome.packets;
			if (outcome.differences.length > 0) {
				sum.failures++;
				await show(oracle, at, one, version);
			}
		}
		await oracle.end();
		for (const [reason, at] of [...reasons].slice(0, 5)) console.log(`refused by the API server (seed ${at}): ${reason}`);
		passed += sum.states - sum.failures;
		failed += sum.failures;
		rows.push(
			`| ${mode} | ${k8s} | ${sum.states} | ${sum.refused} | ${sum.parts} | ${sum.packets} | ${sum.failures} | ` +
				`${((performance.now() - start) / 1000).toFixed(0)} |`,
		);
	}
}
console.log(
	'\n| mode | Kubernetes | states | refused | rules and elements | packets | failed | seconds ' +
		`|\n|---|---|---:|---:|---:|---:|---:|---:|\n${rows.join('\n')}\n\n${passed} passed, ${failed} failed`,
);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
