/**
 * Writes go.mod and go.sum of a Kubernetes version, from that version's own: `node clusters/embedded/go/write-module.ts 1.36.3`.
 * Kubernetes replaces its staging modules by folders of its own repository; whoever builds it as a module replaces them by their published
 * versions.
 */
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {KUBERNETES_PROGRAMS} from '../parts.ts';

type GoMod = {
	readonly Go: string;
	readonly GoDebug?: readonly {Key: string; Value: string}[];
	readonly Replace?: readonly {Old: {Path: string}; New: {Path: string; Version?: string}}[];
};

/** The text of a go.mod that builds the programs of a Kubernetes version; indirect requirements are for `go mod tidy`. */
const goMod = (version: string, {Go, GoDebug = [], Replace = []}: GoMod): string => {
	const staging = Replace.filter(({New}) => New.Path.startsWith('./staging/'))
		.map(({Old}) => Old.Path)
		.sort();
	if (staging.length === 0)
		throw new Error(`k8s.io/kubernetes v${version} replaces no staging module: is its go.mod another one than expected?`);
	const own = `v0.${version.split('.').slice(1).join('.')}`;
	return `module vipcheck.invalid/parts

go ${Go}

${GoDebug.map(({Key, Value}) => `godebug ${Key}=${Value}\n`).join('')}
tool (
${KUBERNETES_PROGRAMS.map(({goPackage}) => `\t${goPackage}\n`)
	.sort()
	.join('')})

require k8s.io/kubernetes v${version}

replace (
${staging.map(path => `\t${path} => ${path} ${own}\n`).join('')})
`;
};

const [version] = process.argv.slice(2);
if (!version || !/^1\.\d+\.\d+$/.test(version)) {
	console.error('usage: node clusters/embedded/go/write-module.ts <version>   # such as 1.36.3');
	process.exit(2);
}
const dir = join(import.meta.dirname, `kubernetes-${version}`);
const go = async (...words: string[]): Promise<string> =>
	(await execa('go', words, {cwd: dir, env: {GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '-mod=mod -modcacherw'}, stderr: 'inherit'}))
		.stdout;
await mkdir(dir, {recursive: true});
await rm(join(dir, 'go.mod'), {force: true});
await rm(join(dir, 'go.sum'), {force: true});
const {GoMod: path} = JSON.parse(await go('mod', 'download', '-json', `k8s.io/kubernetes@v${version}`)) as {GoMod: string};
await writeFile(join(dir, 'go.mod'), goMod(version, JSON.parse(await go('mod', 'edit', '-json', path)) as GoMod));
await go('mod', 'tidy');
console.log(
	`${join(dir, 'go.mod')}: ${(await readFile(join(dir, 'go.mod'), 'utf8')).split('\n').length} lines; now add ${version} to ` +
		'KUBERNETES_VERSIONS in clusters/embedded/parts.ts',
);
