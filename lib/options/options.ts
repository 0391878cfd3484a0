import {join} from 'node:path';
import {partsIn} from '../load.ts';
import {PROJECT} from '../paths.ts';
import {FAMILIES, MODES, NODE_KERNELS, PARTS} from '../target.ts';
import type {Family, Mode, NodeKernel, PartsOrigin, Target} from '../target.ts';
import {UsageError} from '../usage.ts';
import {filled, oneOf, someOf, texts, wholeNumber, words} from './values.ts';
import {EXISTING_OPTIONS} from './existing.ts';
import {MAKES, option, optional, RUNS, type Option, type OptionsCommand} from './option.ts';
import type {Parse} from './values.ts';

export const KEEPS = ['failed', 'always', 'never'] as const;
export type Keep = (typeof KEEPS)[number];

const PROVIDERS = ['auto', ...partsIn(join(PROJECT, 'clusters'), name => name !== 'provider').map(({name}) => name)];

const parseModes: Parse<readonly Mode[]> = text => {
	if (text.split(',').includes('userspace'))
		throw new UsageError('--mode userspace: Kubernetes 1.26 removed this mode from kube-proxy; use iptables, ipvs, nftables');
	return someOf('--mode', MODES)(text);
};

/** Every option of a run and of a cluster. */
export const OPTIONS = {
	mode: option<readonly Mode[]>({
		flag: '--mode',
		value: '<mode>',
		about: `kube-proxy's mode: ${MODES.join(', ')}; several with commas, or all: a cluster for each, one report`,
		of: MAKES,
		parse: parseModes,
		standard: ['iptables'],
		had: ({mode}) => [mode],
	}),
	provider: option({
		flag: '--provider',
		value: '<name>',
		about: `who makes the cluster: ${PROVIDERS.join(', ')}`,
		of: MAKES,
		parse: oneOf('--provider', PROVIDERS),
		standard: 'auto',
		standardMeans: 'the first that can',
		had: ({provider}) => provider,
	}),
	k8s: optional({
		flag: '--k8s',
		value: '<version>',
		about: 'Kubernetes version',
		of: MAKES,
		parse: filled('--k8s'),
		standardMeans: 'the newest that there is',
		had: ({version}) => version,
	}),
	family: option<Family>({
		flag: '--family',
		value: '<family>',
		about: `addresses: ${FAMILIES.join(', ')}`,
		of: MAKES,
		parse: oneOf('--family', FAMILIES),
		standard: 'ipv4',
		had: ({family}) => family,
	}),
	parts: option<PartsOrigin | 'auto'>({
		flag: '--parts',
		value: '<source>',
		about: `where its programs come from: auto, ${PARTS.join(', ')}`,
		of: MAKES,
		parse: oneOf('--parts', ['auto', ...PARTS]),
		standard: 'auto',
		standardMeans: 'the official release where it is pinned and its hosts answer, else built by Go',
		had: ({parts = 'auto'}) => parts,
	}),
	nodeKernel: option<NodeKernel | 'auto'>({
		flag: '--node-kernel',
		value: '<kernel>',
		about: `which kernel the nodes run: auto, ${NODE_KERNELS.join(', ')}`,
		of: MAKES,
		parse: oneOf('--node-kernel', ['auto', ...NODE_KERNELS]),
		standard: 'auto',
		standardMeans: "the host's where it has what the mode needs, else one of their own as user-mode Linux",
		had: ({nodeKernel = 'host'}) => nodeKernel,
	}),
	image: optional({
		flag: '--image',
		value: '<name>',
		about: 'node image, where nodes are containers',
		of: MAKES,
		parse: filled('--image'),
		standardMeans: "for kind that of `vipcheck node-image` where there is one, else kind's or k3s' own",
		had: ({image}) => image,
	}),
	...EXISTING_OPTIONS,
	workers: option({
		flag: '--workers',
		value: '<n>',
		about: 'workers beside the control-plane node, 1 to 9',
		of: MAKES,
		parse: wholeNumber('--workers', 1, 9),
		standard: 3,
		standardMeans: '2 where nodes have kernels of their own',
		had: ({workers}) => workers,
	}),
	match: option<readonly string[]>({
		flag: '--match',
		value: '<pattern>',
		about: "only these checks, as 'nodeport/*' or dns; several with commas, or the flag again; without those after !, as '!dns'",
		of: RUNS,
		parse: texts('--match'),
		standard: [],
	}),
	fault: option<readonly string[]>({
		flag: '--fault',
		value: '<id>',
		about: 'only these faults, as endpoint-rule or dns-*; several with commas, or the flag again',
		of: ['faults'],
		parse: words('--fault'),
		standard: [],
	}),
	others: option<boolean>({
		flag: '--others',
		about: 'each check also with the faults that it does not name, to see what else goes red (long)',
		of: ['faults'],
		standard: false,
	}),
	keep: option<Keep>({
		flag: '--keep',
		value: '<when>',
		about: `keep the cluster: ${KEEPS.join(', ')}`,
		of: RUNS,
		parse: oneOf('--keep', KEEPS),
		standard: 'never',
		standardMeans: 'an interrupted run never does',
	}),
	reuse: optional({
		flag: '--reuse',
		value: '<cluster>',
		about: 'check this cluster of `vipcheck up` (id or directory) and leave it',
		of: RUNS,
		parse: filled('--reuse'),
	}),
	repeat: option({
		flag: '--repeat',
		value: '<n>',
		about: 'run every check n times; the worst result counts',
		of: ['test'],
		parse: wholeNumber('--repeat', 1, 1000),
		standard: 1,
	}),
	resume: optional({
		flag: '--resume',
		value: '<dir>',
		about: 'go on with the run in this directory: only checks that have no result yet',
		of: ['test'],
		parse: filled('--resume'),
	}),
	quiet: option<boolean>({
		flag: '--quiet',
		about: 'print only what is red, and the end',
		of: RUNS,
		standard: false,
	}),
	strict: option<boolean>({
		flag: '--strict',
		about: 'exit 1 also for known upstream defects and for checks that this cluster cannot run',
		of: ['test'],
		standard: false,
	}),
	out: optional({
		flag: '--out',
		value: '<dir>',
		about: 'directory for the reports',
		of: RUNS,
		parse: filled('--out'),
		standardMeans: 'runs/<id>, and runs/latest',
	}),
	history: optional({
		flag: '--history',
		value: '<dir>',
		about: 'keep a line of this run there, and show in the report how each check went in the runs before',
		of: ['test'],
		parse: filled('--history'),
	}),
	undo: optional({
		flag: '--undo',
		value: '<cluster>',
		about: 'only take out of this cluster what a killed run left in',
		of: ['faults'],
		parse: filled('--undo'),
	}),
};

type Table = typeof OPTIONS;
export type OptionName = keyof Table;
/** The value of every option. */
export type Options = {readonly [Name in OptionName]: Table[Name]['standard']};
/** What was said on the command line. */
export type Given = Partial<Options>;
/** What a run was asked for, with the command line for the report. */
export type RunOptions = Given & {readonly command: readonly string[]};

const rows = Object.entries(OPTIONS) as readonly (readonly [OptionName, Option<unknown>])[];

/** The options of a command, in the order of the help. */
export const optionsOf = (command: OptionsCommand): readonly (readonly [OptionName, Option<unknown>])[] =>
	rows.filter(([, {of}]) => of.includes(command));

/** What holds where nothing was said. */
export const STANDARD = Object.fromEntries(rows.map(([name, {standard}]) => [name, standard])) as Options;

/** What was said, and the defaults for the rest. */
export const withStandard = (given: Given): Options => ({...STANDARD, ...given});

/** What was said of a cluster and is not so, each as `--mode iptables, not ipvs`. */
export const contradictions = (given: Given, target: Target): readonly string[] =>
	rows.flatMap(([name, {flag, had}]) => {
		const [said, is] = [given[name], had?.(target)];
		return had && said !== undefined && said !== 'auto' && String(said) !== String(is) ? [`${flag} ${is}, not ${said}`] : [];
	});

/** Flags that are npm's own too: they are in the environment of whoever calls us by npx. */
const OF_NPM: readonly string[] = ['--yes'];

/** Flags without the `--` that npm keeps for itself and puts into the environment; the run would be another one than was asked for. */
export const takenByNpm = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
	optionsOf('test')
		.map(([, {flag}]) => flag)
		.filter(flag => !OF_NPM.includes(flag) && environment[`npm_config_${flag.slice(2).replaceAll('-', '_')}`] !== undefined);
