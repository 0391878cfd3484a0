import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {digest, once} from '../cache.ts';
import {onHost} from '../host.ts';
import {GO_MINIMUM, IMAGE_PROGRAMS, KUBERNETES_PROGRAMS} from '../parts.ts';
import {COMPILER_FLAGS, goEnvironment, versionOfGo} from './go-environment.ts';
import type {PartsContext, Source} from './source.ts';

const modules = join(import.meta.dirname, '..', 'go');

/** `-X` flags as Kubernetes' own build sets them (hack/lib/version.sh); without them every component says v0.0.0. */
const versionFlags = (version: string): string => {
	const [major, minor] = version.split('.');
	const values = {gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'archive'};
	return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
		.flatMap(path => Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`))
		.join(' ');
};

const isOlder = (version: string, minimum: string): boolean => version.localeCompare(minimum, 'en', {numeric: true}) < 0;

/** A program and the module that it is built in: a directory with go.mod and go.sum. */
export type GoProgram = {
	readonly name: string;
	readonly goPackage: string;
	readonly module: string;
	readonly flags: string;
};

/** Builds a program, or finds it in the cache. Answers its path. */
export const goProgram = async (
	{name, goPackage, module, flags}: GoProgram,
	{cache, signal, log, progress}: PartsContext,
): Promise<string> => {
	const own = goPackage.startsWith('.') ? await readFile(join(module, goPackage, 'main.go'), 'utf8') : '';
	const key = digest(
		(await versionOfGo()) ?? '',
		COMPILER_FLAGS,
		flags,
		goPackage,
		own,
		await readFile(join(module, 'go.mod'), 'utf8'),
		await readFile(join(module, 'go.sum'), 'utf8'),
	);
	const made = await once(
		join(cache, 'programs', `${name}-${key}`),
		async unfinished => {
			progress(name);
			const build = ['go', 'build', '-C', module, '-trimpath', '-gcflags', COMPILER_FLAGS, '-ldflags', flags];
			await onHost([...build, '-o', join(unfinished, name), goPackage], {
				env: goEnvironment(cache),
				signal,
				log,
				contained: true,
			});
		},
		signal,
	);
	return join(made, name);
};

/** Go modules and the toolchain of this machine. Build and module caches lie in our own cache, not in the user's. */
const go: Source = {
	name: 'go',
	// Caches of modules and builds: 5 GiB.
	coldDiskGib: 9,
	async missing() {
		const version = await versionOfGo();
		if (version === undefined)
			return [`go is not on the PATH: Kubernetes is built from source with Go ${GO_MINIMUM} or newer (go.dev/doc/install)`];
		return isOlder(version, GO_MINIMUM) ? [`go is ${version}, Kubernetes needs ${GO_MINIMUM} or newer (go.dev/doc/install)`] : [];
	},
	async programs(kubernetes, context, only) {
		const {progress} = context;
		const wanted = [
			...KUBERNETES_PROGRAMS.map(program => ({
				...program,
				module: join(modules, `kubernetes-${kubernetes}`),
				flags: `-s -w ${versionFlags(kubernetes)}`,
			})),
			...IMAGE_PROGRAMS.map(program => ({...program, module: join(modules, 'images'), flags: '-s -w'})),
		].filter(({name}) => only?.includes(name) ?? true);
		const found = new Map<string, string>();
		for (const [index, program] of wanted.entries())
			found.set(
				program.name,
				await goProgram(program, {...context, progress: text => progress(`${text}, ${index + 1} of ${wanted.length}`)}),
			);
		return found;
	},
};

export default go;
