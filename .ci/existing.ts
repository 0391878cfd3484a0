/**
 * A cluster that exists, given as nothing but a kubeconfig and an inventory for ssh: checks have the same results as by its own provider,
 * what a killed run left is removed by `clean --context`, and what cannot be is refused in one line within ten seconds, with nothing made.
 * Prints a line for each, then `N passed, N failed`.
 * usage: node .ci/existing.ts [mode] [checks]
 */
import {chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {createServer as createTlsServer} from 'node:https';
import {createServer, type AddressInfo, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {parse, stringify} from 'yaml';
import {connect} from '../lib/kube.ts';
import {clustersRoot} from '../lib/paths.ts';
import type {ClusterRef} from '../lib/target.ts';
import {eventually} from '../lib/wait/eventually.ts';
import {inventoryOf, startSshServers} from '../test/ssh-servers.ts';
import {isOwnHold, plain, resultsOf} from './results.ts';

const vipcheck = join(import.meta.dirname, '..', 'vipcheck');
/** Without those that take a hold on links and power: only a cluster's own provider has that. */
const SAMPLE =
	'clusterip/reach,clusterip/source-ip,nodeport/every-node,nodeport/masquerade,externalip/node-ip,externalip/overlap,externalip/route,' +
	'externalip/source,externalip/keepalived-failover/one-carrier,dns/service-a,affinity/sticky,rules/*';
const [mode = 'iptables', checks = SAMPLE] = process.argv.slice(2);
/** Ten seconds; a machine that is busy with other things gets more. */
const REFUSED_WITHIN_MS = 25_000;

const work = await mkdtemp(join(tmpdir(), 'vipcheck-existing-ci-'));
let passed = 0;
let failed = 0;
const judge = (what: string, against: readonly string[]): void => {
	if (against.length === 0) passed++;
	else failed++;
	console.log([`${against.length === 0 ? 'ok    ' : 'FAILED'} ${what}`, ...against.map(line => `         ${line}`)].join('\n'));
};
const run = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
	const startedAt = performance.now();
	const {exitCode, stdout, stderr} = await execa(vipcheck, words, {reject: false, env});
	return {exitCode, stdout, stderr, ms: Math.round(performance.now() - startedAt)};
};

/** A certificate of yesteryear and its key. */
const expired = async (): Promise<{readonly key: string; readonly cert: string}> => {
	const dir = join(work, 'ca');
	await mkdir(dir);
	await writeFile(join(dir, 'index'), '');
	const conf =
		`[ca]\ndefault_ca = a\n[a]\ndatabase = ${dir}/index\nnew_certs_dir = ${dir}\nrand_serial = yes\ndefault_md = sha256\npolicy ` +
		'= p\n[p]\ncommonName = supplied\n';
	await writeFile(join(dir, 'conf'), `${conf}[req]\ndistinguished_name = d\n[d]\n`);
	const openssl = async (...words: string[]) => execa('openssl', words, {cwd: dir});
	await openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', 'key');
	await openssl('req', '-new', '-key', 'key', '-subj', '/CN=127.0.0.1', '-config', 'conf', '-out', 'request');
	const dates = ['-startdate', '200101000000Z', '-enddate', '200102000000Z'];
	await openssl('ca', '-batch', '-notext', '-selfsign', '-config', 'conf', '-keyfile', 'key', '-in', 'request', ...dates, '-out', 'cert');
	return {key: await readFile(join(dir, 'key'), 'utf8'), cert: await readFile(join(dir, 'cert'), 'utf8')};
};

const listening = async (server: Server): Promise<number> =>
	new Promise(resolve => {
		server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
	});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Compares, kills, cleans and refuses, on a cluster that is there. */
const onCluster = async (cluster: ClusterRef): Promise<void> => {
	const own = await run(['test', '--reuse', cluster.id, '--match', checks, '--out', join(work, 'own')]);
	// What was checked may have booted nodes, and their servers with them.
	const servers = await startSshServers(cluster, work);
	const [inventory, kubeconfig] = [join(work, 'inventory.yaml'), join(work, 'kubeconfig')];
	await writeFile(inventory, inventoryOf(servers, cluster));
	await copyFile(cluster.kubeconfig, kubeconfig);
	await chmod(kubeconfig, 0o600);
	const config = parse(await readFile(kubeconfig, 'utf8')) as {
		'current-context': string;
		clusters: {name: string; cluster: Record<string, string>}[];
		users: {name: string; user: Record<string, string>}[];
	};
	const context = config['current-context'];
	const there = ['--provider', 'existing', '--kubeconfig', kubeconfig, '--context', context];

	const foreign = await run([
		'test',
		...there,
		'--inventory',
		inventory,
		'--yes',
		'--disruptive',
		'--match',
		checks,
		'--out',
		join(work, 'foreign'),
	]);
	const [first, second] = await Promise.all([resultsOf(join(work, 'own')), resultsOf(join(work, 'foreign'))]);
	const count = (outcome: string): number => [...second.values()].filter(one => one.outcome === outcome).length;
	const ids = [...new Set([...first.keys(), ...second.keys()])];
	const leftOut = ids.filter(id => isOwnHold(first.get(id), second.get(id)));
	for (const [why, some] of Map.groupBy(leftOut, id => second.get(id)?.skip?.detail ?? ''))
		console.log(`only by its own provider: ${some.join(', ')}: ${why}`);
	judge(
		`the same results as by its own provider: ${count('passed')} passed, ${count('skipped')} skipped, ${leftOut.length} of them ` +
			`for want of what its own provider offers (${own.ms} and ${foreign.ms} ms)`,
		[
			...(own.exitCode === 0 && foreign.exitCode === 0 ? [] : [`exit codes ${own.exitCode} and ${foreign.exitCode}`, foreign.stderr]),
			...(count('passed') > 0 ? [] : ['nothing has passed']),
			...(checks === SAMPLE && leftOut.length > 0 ? [`left out: ${leftOut.join(', ')}`] : []),
			...ids
				.filter(id => first.get(id)?.outcome !== second.get(id)?.outcome && !leftOut.includes(id))
				.map(id => `${id}: ${plain(first.get(id))} by its own, ${plain(second.get(id))} by existing`),
		],
	);

	const kube = await connect(kubeconfig);
	const ours = async (): Promise<readonly string[]> =>
		(await kube.core.listNamespace({labelSelector: 'vipcheck.run'})).items.map(({metadata}) => metadata?.name as string);
	const gone = async (what: string): Promise<void> =>
		eventually(
			what,
			async () => {
				const names = await ours();
				return names.length === 0 ? {done: true, value: undefined} : {done: false, observed: names.join(', ')};
			},
			{timeoutMs: 120_000, signal: AbortSignal.timeout(130_000), onTimeout: 'broken'},
		);
	await gone('no namespace of earlier runs is left');
	const killed = execa(
		vipcheck,
		['test', ...there, '--inventory', inventory, '--yes', '--match', 'clusterip/*', '--out', join(work, 'killed')],
		{
			reject: false,
		},
	);
	await eventually(
		'the run has made something',
		async () => ((await ours()).length > 0 ? {done: true, value: undefined} : {done: false, observed: 'no namespace'}),
		{timeoutMs: 60_000, signal: AbortSignal.timeout(70_000), onTimeout: 'broken'},
	);
	const busy = await run(['clean', '--kubeconfig', kubeconfig, '--context', context]);
	judge(
		'clean --context leaves what a running process works with',
		/stays: run \S+ goes on/.test(busy.stdout) ? [] : [busy.stdout, busy.stderr],
	);
	killed.kill('SIGKILL');
	await killed;
	const cleaned = await run(['clean', '--kubeconfig', kubeconfig, '--context', context]);
	await gone('clean --context has removed what the killed run left');
	judge(
		'clean --context removes what a killed run left',
		cleaned.exitCode === 0 && /^namespace vipcheck-\S+ of run \S+ is being deleted$/m.test(cleaned.stdout)
			? []
			: [cleaned.stdout, cleaned.stderr],
	);
	await run(['clean']);

	const {key, cert} = await expired();
	const [nobody, silent] = [createServer(), createServer()];
	const old = createTlsServer({key, cert}, (_, response) => response.end('{}'));
	const variants: Readonly<Record<string, typeof config>> = {
		nobody: {...config, clusters: config.clusters.map(one => ({...one, cluster: {...one.cluster, server: ''}}))},
		silent: {
			...config,
			clusters: config.clusters.map(one => ({...one, cluster: {...one.cluster, server: ''}})),
		},
		old: {
			...config,
			clusters: config.clusters.map(one => ({...one, cluster: {'certificate-authority-data': base64(cert), server: ''}})),
		},
		user: {
			...config,
			users: config.users.map(one => ({...one, user: {'client-certificate-data': base64(cert), 'client-key-data': base64(key)}})),
		},
	};
	for (const [name, server] of [
		['nobody', nobody],
		['silent', silent],
		['old', old],
	] as const) {
		const port = await listening(server);
		for (const {cluster: one} of variants[name]?.clusters ?? []) one['server'] = `https://127.0.0.1:${port}`;
	}
	nobody.close();
	for (const [name, variant] of Object.entries(variants)) await writeFile(join(work, name), stringify(variant), {mode: 0o600});
	const bare = join(work, 'bin');
	await mkdir(bare);
	// What the script itself calls.
	for (const name of ['dirname', 'readlink']) await symlink(`/usr/bin/${name}`, join(bare, name));
	const foreignYes = (file: string): string[] => ['--provider', 'existing', '--yes', '--kubeconfig', join(work, file)];
	const refusals: readonly [string, readonly string[], RegExp, Readonly<Record<string, string>>?][] = [
		['without --yes', there, /agree with --yes/],
		[
			'a wrong context',
			['--provider', 'existing', '--kubeconfig', kubeconfig, '--context', 'nobody', '--yes'],
			/no such context; it has/,
		],
		['an API server that nobody runs', foreignYes('nobody'), /no answer from https:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/],
		['an API server that says nothing', foreignYes('silent'), /no answer from https:\/\/127\.0\.0\.1:\d+: /],
		['an API server whose certificate has expired', foreignYes('old'), /no answer from .*certificate has expired/],
		['an account whose certificate has expired', foreignYes('user'), /certificate of user \S+ expired on 2020-01-02/],
		['another mode than it runs in', [...there, '--yes', '--mode', mode === 'iptables' ? 'nftables' : 'iptables'], /runs in mode/],
		['no container engine', ['--provider', 'kind'], /there is no docker, no podman, no nerdctl on the PATH/, {PATH: bare}],
		['no container engine, for k3s', ['--provider', 'k3s'], /there is no docker on the PATH/, {PATH: bare}],
	];
	for (const [what, words, line, env] of refusals) {
		const {exitCode, stdout, stderr, ms} = await run(['test', ...words, '--out', join(work, 'refused')], env);
		const said = stderr.trim().split('\n');
		judge(`${what} is refused: ${said[0]} (${ms} ms)`, [
			...(exitCode === 2 ? [] : [`exit code ${exitCode}`]),
			...(said.length === 1 && line.test(stderr) && stdout === ''
				? []
				: [`instead of one line like ${String(line)}:`, ...said, stdout]),
			...(ms < REFUSED_WITHIN_MS ? [] : [`it took ${ms} ms`]),
		]);
	}
	silent.close();
	old.close();
	const owners = await Promise.all(
		(await readdir(clustersRoot())).map(async name => readFile(join(clustersRoot(), name, 'owner.json'), 'utf8').catch(() => '')),
	);
	const left = [...(await ours()), ...owners.filter(owner => /"provider":"(existing|kind|k3s)"/.test(owner))];
	judge('nothing was made by a refused run', left);
	await servers.close();
};

const up = await execa(vipcheck, ['up', '--mode', mode, '--workers', '2'], {stderr: 'inherit'});
const id = up.stdout.trim().split('\n').at(-1) as string;
try {
	await onCluster(JSON.parse(await readFile(join(clustersRoot(), id, 'cluster.json'), 'utf8')) as ClusterRef);
} finally {
	await execa(vipcheck, ['down', id], {stdio: 'inherit'});
	await rm(work, {recursive: true});
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
