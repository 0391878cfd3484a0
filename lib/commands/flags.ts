import {Option} from 'commander';
import type {Command} from 'commander';
import {DEFAULT_TARGET, KEEPS} from '../run/options.ts';
import type {Keep} from '../run/options.ts';
import {providerNames} from '../run/providers.ts';
import {FAMILIES, MODES, PARTS} from '../target.ts';
import type {Mode} from '../target.ts';
import {UsageError} from '../usage.ts';
import {closest} from './near-miss.ts';


/** Answers the parser of a flag that takes one of a few words. */
const oneOf = <T extends string>(flag: string, words: readonly T[]) => (text: string): T => {
	const found = words.find(word => word === text);
	if (found !== undefined) return found;
	const near = closest(text, words);
	throw new UsageError(`${flag} ${text}: ${near === undefined ? `use ${words.join(', ')}` : `did you mean ${near}? There are ${words.join(', ')}`}`);
};

const parseMode = (text: string): Mode => {
	if (text === 'userspace') throw new UsageError('--mode userspace: Kubernetes 1.26 removed this mode from kube-proxy; use iptables, ipvs, nftables');
	return oneOf('--mode', MODES)(text);
};

/** Answers the parser of a flag that takes a whole number. */
const wholeNumber = (flag: string, from: number, to: number) => (text: string): number => {
	const value = Number(text);
	if (/^\d+$/.test(text) && value >= from && value <= to) return value;
	throw new UsageError(`${flag} ${text}: use a whole number from ${from} to ${to}`);
};

/** Answers the parser of a flag that must not be empty. */
export const filled = (flag: string) => (text: string): string => {
	if (text.trim() === '') throw new UsageError(`${flag} is empty`);
	return text;
};

/** Adds the flags that say what cluster is wanted. */
export const targetFlags = (command: Command): Command => {
	const providers = ['auto', ...providerNames()];
	return command
		.addOption(new Option('--mode <mode>', `kube-proxy's mode: ${MODES.join(', ')} (default: ${DEFAULT_TARGET.mode})`).argParser(parseMode))
		.addOption(new Option('--provider <name>', `who makes the cluster: ${providers.join(', ')} (default: ${DEFAULT_TARGET.provider}, the first that can)`).argParser(oneOf('--provider', providers)))
		.addOption(new Option('--k8s <version>', 'Kubernetes version (default: the newest that there is)').argParser(filled('--k8s')))
		.addOption(new Option('--family <family>', `addresses: ${FAMILIES.join(', ')} (default: ${DEFAULT_TARGET.family})`).argParser(oneOf('--family', FAMILIES)))
		.addOption(new Option('--parts <source>', `where its programs come from: auto, ${PARTS.join(', ')} (default: ${DEFAULT_TARGET.parts}, the official release where it is pinned and its hosts answer, else built by Go)`).argParser(oneOf('--parts', ['auto', ...PARTS])))
		.addOption(new Option('--workers <n>', `workers beside the control-plane node, 1 to 9 (default: ${DEFAULT_TARGET.workers})`).argParser(wholeNumber('--workers', 1, 9)));
};

export const matchFlag = (): Option => new Option('--match <pattern>', 'only these checks, as \'nodeport/*\' or dns; several with commas, or the flag again').argParser((text: string, before: readonly string[] = []) => [...before, filled('--match')(text)]);
export const keepFlag = (): Option => new Option('--keep <when>', `keep the cluster: ${KEEPS.join(', ')} (default: never; an interrupted run never does)`).argParser(oneOf<Keep>('--keep', KEEPS));
export const reuseFlag = (): Option => new Option('--reuse <cluster>', 'check this cluster of `vipcheck up` (id or directory) and leave it').argParser(filled('--reuse'));
export const outFlag = (): Option => new Option('--out <dir>', 'directory for the reports (default: runs/<id>, and runs/latest)').argParser(filled('--out'));

/** Adds the flags of a run of checks. */
export const runFlags = (command: Command): Command => targetFlags(command)
	.addOption(matchFlag())
	.addOption(keepFlag())
	.addOption(reuseFlag())
	.addOption(new Option('--repeat <n>', 'run every check n times; the worst result counts').argParser(wholeNumber('--repeat', 1, 1000)))
	.option('--strict', 'exit 1 also for known upstream defects and for checks that this cluster cannot run')
	.addOption(outFlag());
