import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {containedShell} from '../../lib/shell/contained.ts';
import {TransportError, type Shell} from '../../lib/shell/shell.ts';
import {messageOf} from '../../lib/usage.ts';
import {goProgram} from '../embedded/parts/go.ts';
import type {PartsContext} from '../embedded/parts/source.ts';

/** A program that makes clusters of containers, and how it is built where the machine has none. */
export type Cli = {
	readonly name: string;
	/** What makes it say its version. */
	readonly version: readonly string[];
	/** The oldest that knows what it is asked for here. */
	readonly minimum: string;
	readonly goPackage: string;
	/** Directory of the go.mod that pins it. */
	readonly module: string;
	/** Flags of the linker, for the version that is built. */
	readonly flags: (version: string) => string;
};

type FoundCli =
	{readonly how: 'path'; readonly version: string} | {readonly how: 'build'} | {readonly how: 'too old'; readonly why: string};

/** The program of the PATH where it is new enough; none: it is built. */
const findCli = async (host: Shell, {name, version: words, minimum}: Cli): Promise<FoundCli> => {
	try {
		const {stdout} = await host.run([name, ...words]);
		const version = /v?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? 'unknown';
		if (version.localeCompare(minimum, 'en', {numeric: true}) >= 0) return {how: 'path', version};
		return {
			how: 'too old',
			why:
				`${name} on the PATH is ${version}, ${minimum} or newer is needed: update it, or take it off the PATH, then it is built ` +
				'from its Go module',
		};
	} catch (error) {
		if (error instanceof TransportError && /ENOENT/.test(messageOf(error))) return {how: 'build'};
		throw error;
	}
};

/** The version that is built. */
const builtVersion = async ({goPackage, module}: Cli): Promise<string> => {
	const line = (await readFile(join(module, 'go.mod'), 'utf8')).split('\n').find(text => text.trim().startsWith(`${goPackage} v`));
	return /v(\S+)/.exec(line?.trim().slice(goPackage.length) ?? '')?.[1] ?? 'unknown';
};

type CliLook = {
	/** Which program it will be. */
	readonly words: string;
	/** A line for each thing that is missing. */
	readonly missing: readonly string[];
};

/** What a preflight says of the program. */
export const lookAtCli = async (host: Shell, cli: Cli, goMissing: () => Promise<readonly string[]>): Promise<CliLook> => {
	const found = await findCli(host, cli);
	if (found.how === 'path') return {words: `${cli.name} ${found.version}`, missing: []};
	if (found.how === 'too old') return {words: cli.name, missing: [found.why]};
	return {
		words: `${cli.name} ${await builtVersion(cli)}, built from its Go module`,
		missing: (await goMissing()).map(line => `there is no ${cli.name} on the PATH, and it cannot be built: ${line}`),
	};
};

/** The program to call: that of the PATH, or one that is built from its Go module once. */
export const cliProgram = async (host: Shell, cli: Cli, context: PartsContext): Promise<string> => {
	const found = await findCli(host, cli);
	if (found.how === 'too old') throw new Error(found.why);
	if (found.how === 'path') return cli.name;
	const {name, goPackage, module, flags} = cli;
	return goProgram({name, goPackage, module, flags: flags(await builtVersion(cli))}, context);
};

/** Where such a program runs: whatever ends this process ends it, too; what it has made by then is removed by its name. */
export const cliShell = (host: Shell): Shell => (process.getuid?.() === 0 ? containedShell('this host') : host);
