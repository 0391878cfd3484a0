import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {LOOK_NAMES, lookOf, type LookName} from '../facts/argv.ts';
import type {Fact} from '../facts/fact.ts';
import type {NodeTexts} from '../facts/node-texts.ts';
import {quote} from '../shell/quote.ts';
import {messageOf, UsageError} from '../usage.ts';
import type {NodeEvidence} from './facts.ts';

const lineOf = (name: LookName): string => {
	const {argv, guard} = lookOf(name);
	const look = `look ${name} ${quote(argv)}`;
	return guard
		? `if ${quote(guard.argv)}; then ${look}; else printf %s ${quote([guard.absent])} >"$out/${name}.txt"; echo 0 ` +
				`>"$out/${name}.code"; fi`
		: look;
};

/**
 * A shell script that a person runs on a node as root: the commands of lib/facts/argv.ts and nothing else. It writes one file a command
 * into ./vipcheck-NODE.
 */
export const collectorScript = (): string => `#!/bin/sh
# Collects what \`vipcheck diagnose --evidence\` reads of a node. Only reads; writes into ./vipcheck-NODE alone.
# NODE is the name that the API knows it by; run as root on the node: sh collect.sh [NODE]
node=\${1:-$(hostname)}
out=./vipcheck-$node
mkdir -p "$out" || exit 1
look() {
	name=$1
	shift
	"$@" >"$out/$name.txt" 2>"$out/$name.err"
	echo $? >"$out/$name.code"
}
${LOOK_NAMES.map(lineOf).join('\n')}
echo "collected in $out: give its parent directory to vipcheck diagnose --evidence"
`;

const DIRECTORY = /^vipcheck-(.+)$/;

const readText = async (path: string): Promise<string | undefined> => {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw error;
	}
};

const factOf = async (dir: string, name: LookName): Promise<Fact<string>> => {
	const source = quote(lookOf(name).argv);
	const [text, code, complaint] = await Promise.all(['txt', 'code', 'err'].map(async ending => readText(join(dir, `${name}.${ending}`))));
	if (text === undefined) return {ok: false, why: 'not collected', source};
	if (code === undefined || code.trim() === '0') return {ok: true, value: text, source};
	return {ok: false, why: `exit code ${code.trim()}: ${complaint?.trim() || 'without a message'}`, source};
};

/** Reads what the script has collected: directories vipcheck-NODE in one directory. Throws UsageError where there are none. */
export const readCollected = async (dir: string): Promise<Readonly<Record<string, NodeEvidence>>> => {
	let names: string[];
	try {
		names = (await readdir(dir)).filter(name => DIRECTORY.test(name));
	} catch (cause) {
		throw new UsageError(`--evidence ${dir}: ${messageOf(cause)}`, {cause});
	}
	if (names.length === 0)
		throw new UsageError(
			`--evidence ${dir} has no directory vipcheck-NODE: \`vipcheck diagnose --print-collector\` prints the script that makes them`,
		);
	return Object.fromEntries(
		await Promise.all(
			names.map(async name => {
				const facts = await Promise.all(LOOK_NAMES.map(async look => [look, await factOf(join(dir, name), look)] as const));
				return [
					DIRECTORY.exec(name)?.[1] ?? name,
					{way: 'collected files', texts: Object.fromEntries(facts) as NodeTexts},
				] as const;
			}),
		),
	);
};
