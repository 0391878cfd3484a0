import {copyFile, glob, mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {digest, once} from '../../clusters/embedded/cache.ts';
import {onHost} from '../../clusters/embedded/host.ts';
import {COMPILER_FLAGS, goEnvironment, versionOfGo} from '../../clusters/embedded/parts/go-environment.ts';

const here = import.meta.dirname;
const modules = join(here, '..', '..', 'clusters', 'embedded', 'go');

/**
 * The minor version in a file's name: `watched-1.36.go` holds for 1.36 and what comes after it, until another file of that name is newer.
 */
const SINCE = /-1\.(\d+)\.go$/;

/** The files that hold for a minor version: those that bear none, and of each that do the newest that is not newer than it. */
const sourcesOf = async (minor: number): Promise<readonly string[]> => {
	const all: string[] = [];
	for await (const file of glob('{dump,kubernetes}/**/*.go', {cwd: here})) all.push(file);
	const since = (file: string): number => Number(SINCE.exec(file)?.[1] ?? 0);
	const byName = Map.groupBy(
		all.filter(file => since(file) <= minor),
		file => file.replace(SINCE, '.go'),
	);
	return [...byName.values()].map(files => files.reduce((one, other) => (since(other) > since(one) ? other : one))).toSorted();
};

/**
 * Builds the program that has kube-proxy's own code make rules, from the module of a Kubernetes version (`1.36.3`), and returns its path;
 * once for all runs. Go adds our files to Kubernetes' packages (-overlay). It does not do so below its own module cache, so a link leads
 * there.
 */
export const oracleProgram = async (version: string, cache: string): Promise<string> => {
	const module = join(modules, `kubernetes-${version}`);
	const sources = await sourcesOf(Number(version.split('.')[1]));
	const texts = await Promise.all(
		[...sources.map(file => join(here, file)), join(module, 'go.mod'), join(module, 'go.sum'), import.meta.filename].map(file =>
			readFile(file, 'utf8'),
		),
	);
	const env = goEnvironment(cache);
	const made = await once(
		join(cache, 'oracle', `${version}-${digest((await versionOfGo()) ?? '', COMPILER_FLAGS, ...sources, ...texts)}`),
		async unfinished => {
			await onHost(['go', 'mod', 'download', '-C', module, 'k8s.io/kubernetes'], {env});
			const kubernetes = (await onHost(['go', 'list', '-C', module, '-m', '-f', '{{.Dir}}', 'k8s.io/kubernetes'], {env})).trim();
			await symlink(kubernetes, join(unfinished, 'kubernetes'));
			await mkdir(join(unfinished, 'dump'));
			await copyFile(join(module, 'go.sum'), join(unfinished, 'go.sum'));
			await writeFile(
				join(unfinished, 'go.mod'),
				`${await readFile(join(module, 'go.mod'), 'utf8')}\nreplace k8s.io/kubernetes => ./kubernetes\n`,
			);
			await writeFile(
				join(unfinished, 'overlay.json'),
				JSON.stringify({Replace: Object.fromEntries(sources.map(file => [join(unfinished, file), join(here, file)]))}),
			);
			await onHost(
				[
					'go',
					'build',
					'-C',
					unfinished,
					'-overlay',
					'overlay.json',
					'-trimpath',
					'-gcflags',
					COMPILER_FLAGS,
					'-ldflags',
					'-s -w',
					'-o',
					'oracle',
					'./dump',
				],
				{env, contained: true},
			);
		},
	);
	return join(made, 'oracle');
};
