import {copyFile, glob, mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {digest, once} from '../../clusters/embedded/cache.ts';
import {exec} from '../../clusters/embedded/exec.ts';
import {COMPILER_FLAGS, goEnvironment, versionOfGo} from '../../clusters/embedded/parts/go-environment.ts';

const here = import.meta.dirname;
const modules = join(here, '..', '..', 'clusters', 'embedded', 'go');

/** Of a version the files that are for all of them, and those that bear its minor version. */
const sourcesOf = async (minor: string): Promise<readonly string[]> => {
	const all: string[] = [];
	for await (const file of glob('{dump,kubernetes}/**/*.go', {cwd: here})) all.push(file);
	return all.sort().filter(file => !/-1\.\d+\.go$/.test(file) || file.endsWith(`-${minor}.go`));
};

/**
 * Builds the program that has kube-proxy's own code make rules, from the module of a Kubernetes version (`1.36.3`), and returns its path; once for all runs.
 * Go adds our files to Kubernetes' packages (-overlay). It does not do so below its own module cache, so a link leads there.
 */
export const oracleProgram = async (version: string, cache: string): Promise<string> => {
	const module = join(modules, `kubernetes-${version}`);
	const sources = await sourcesOf(version.split('.').slice(0, 2).join('.'));
	const texts = await Promise.all([...sources.map(file => join(here, file)), join(module, 'go.mod'), join(module, 'go.sum'), import.meta.filename].map(file => readFile(file, 'utf8')));
	const env = goEnvironment(cache);
	const made = await once(join(cache, 'oracle', `${version}-${digest(await versionOfGo() ?? '', COMPILER_FLAGS, ...sources, ...texts)}`), async unfinished => {
		await exec(['go', 'mod', 'download', 'k8s.io/kubernetes'], {cwd: module, env});
		const kubernetes = (await exec(['go', 'list', '-m', '-f', '{{.Dir}}', 'k8s.io/kubernetes'], {cwd: module, env})).trim();
		await symlink(kubernetes, join(unfinished, 'kubernetes'));
		await mkdir(join(unfinished, 'dump'));
		await copyFile(join(module, 'go.sum'), join(unfinished, 'go.sum'));
		await writeFile(join(unfinished, 'go.mod'), `${await readFile(join(module, 'go.mod'), 'utf8')}\nreplace k8s.io/kubernetes => ./kubernetes\n`);
		await writeFile(join(unfinished, 'overlay.json'), JSON.stringify({Replace: Object.fromEntries(sources.map(file => [join(unfinished, file), join(here, file)]))}));
		await exec(['go', 'build', '-overlay', 'overlay.json', '-trimpath', '-gcflags', COMPILER_FLAGS, '-ldflags', '-s -w', '-o', 'oracle', './dump'], {cwd: unfinished, env, contained: true});
	});
	return join(made, 'oracle');
};
