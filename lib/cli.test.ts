import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';

const project = join(import.meta.dirname, '..');
const temporary = mkdtempSync(join(tmpdir(), 'vipcheck-cli-'));
test.after.always(() => rmSync(temporary, {recursive: true}));

/** AVA starts all tests of a file at once; as many processes would only wait for each other. */
const lanes = Array.from({length: availableParallelism()}, () => Promise.resolve<unknown>(undefined));
let turn = 0;

const vipcheck = async (
	args: readonly string[],
	{
		cwd = temporary,
		env = {},
		script = join(project, 'vipcheck'),
	}: {
		cwd?: string;
		env?: Record<string, string>;
		script?: string;
	} = {},
) => {
	const lane = turn++ % lanes.length;
	const running = lanes[lane]!.then(async () => execa(script, args, {reject: false, cwd, env: {XDG_CACHE_HOME: temporary, ...env}}));
	lanes[lane] = running;
	return running;
};

writeFileSync(join(temporary, 'a-file'), '');
mkdirSync(join(temporary, 'used'));
writeFileSync(join(temporary, 'used', 'thesis.tex'), '');
mkdirSync(join(temporary, 'ran'));
writeFileSync(join(temporary, 'ran', 'events.ndjson'), '');

/** Clusters that cannot be attached to. */
const cluster = (id: string, kubeconfig: string | undefined): void => {
	const dir = join(temporary, 'vipcheck', 'clusters', id);
	mkdirSync(dir, {recursive: true});
	writeFileSync(join(dir, 'owner.json'), JSON.stringify({pid: 2 ** 22 + 1, start: '1', kept: true, provider: 'embedded', since: 0}));
	if (kubeconfig === undefined) return;
	writeFileSync(join(dir, 'kubeconfig'), kubeconfig);
	const target = {provider: 'embedded', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 1};
	writeFileSync(
		join(dir, 'cluster.json'),
		JSON.stringify({id, dir, target, kubeconfig: join(dir, 'kubeconfig'), nodes: [], images: {}, parts: {}, usage: []}),
	);
};
const kubeconfig = (server: string): string =>
	`{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], clusters: [{name: k, cluster: {server: "${server}"}}], users: [{name: u, user: {}}]}`;
cluster('half1', undefined);
cluster('torn1', 'apiVersion: [');
cluster('dead1', kubeconfig('https://127.0.0.1:2'));

for (const [args, message] of [
	['--mod ipvs', /^unknown option '--mod': did you mean --mode\?$/],
	['--mode iptable', /^--mode iptable: did you mean iptables\?/],
	['--mode ITPABLES', /did you mean iptables\?/],
	['--mode iptables,nftable', /^--mode nftable: did you mean nftables\?/],
	['--mode iptables,', /^--mode : use iptables, ipvs, nftables$/],
	['up --mode iptables,nftables', /^--mode iptables,nftables: up makes one cluster, of one mode$/],
	['--mode userspace', /^--mode userspace: Kubernetes 1\.26 removed this mode from kube-proxy; use iptables, ipvs, nftables$/],
	['--mode', /argument missing/],
	['--mode=', /^--mode : use iptables, ipvs, nftables$/],
	['--provider openshift', /^--provider openshift: use auto, embedded, existing, k3d, k3s, kind$/],
	['--provider kindd', /^--provider kindd: did you mean kind\?/],
	['--provider embeded', /did you mean embedded\?/],
	['--k8s 1.20', /^Kubernetes 1\.20 cannot be made here: use --k8s 1\.\d+\.\d+/],
	['--workers 0', /^--workers 0: use a whole number from 1 to 9$/],
	['--workers 10', /1 to 9/],
	['--workers 2.5', /1 to 9/],
	['--workers -1', /1 to 9/],
	['--repeat x', /^--repeat x: use a whole number/],
	['--family v6', /^--family v6: use ipv4, dual$/],
	['--parts relaese', /^--parts relaese: did you mean release\? There are auto, release, go$/],
	['--node-kernel xen', /^--node-kernel xen: use auto, host, uml-built, uml$/],
	['--parts npm', /^--parts npm: use auto, release, go$/],
	['--keep fail', /^--keep fail: did you mean failed\?/],
	['--match nodeprot', /^--match nodeprot fits none of the \d+ checks/],
	['--match=', /^--match is empty$/],
	['--out used', /^--out used is not empty \(thesis\.tex\)/],
	['--out ran', /^--out ran holds an earlier run: give another directory/],
	['--out a-file', /^--out a-file cannot be used: .*ENOTDIR/],
	['--reuse nope', /^there is no cluster nope; there are: dead1, half1, torn1$/],
	['--reuse half1', /^cluster half1 is not complete/],
	['--reuse torn1', /^the kubeconfig .* cannot be used/],
	['--reuse dead1', /^cluster dead1 cannot be used: GET \/version: no answer from https:.*ECONNREFUSED/],
	['tset', /^unknown command tset: did you mean test\?$/],
	['frobnicate', /^unknown command frobnicate: use test, up,/],
	['test nodeport', /^test takes no arguments; --match picks checks/],
	['up --match x', /^unknown option '--match'/],
	['down nope', /^there is no cluster nope/],
	['down', /^which one\? dead1, half1, torn1/],
	['down half1 --all', /not both/],
	['report', /missing required argument 'dir'/],
	['report nope', /^nope holds no run: ENOENT/],
	['list --json --clusters', /^--json tells of checks, not of --clusters$/],
	['--resume nope', /^--resume nope: it holds no run: ENOENT/],
	['list --paths', /^--paths goes with --clusters$/],
	['diagnose --kubeconfig nope', /^the kubeconfig nope cannot be used: ENOENT/],
	['diagnose --from-file nope', /^--from-file nope: ENOENT/],
	['diagnose --from-file a-file', /^--from-file a-file holds no JSON/],
	['diagnose --rules no-ready-pod --from-file x', /did you mean no-ready-pods\?$/],
	['diagnose --severity eror', /^(?:--severity eror: |option '--severity <least>' argument 'eror' is invalid)/],
	['diagnose --kubeconfig vipcheck/clusters/dead1/kubeconfig', /^cannot look at https:\/\/127\.0\.0\.1:2: .*ECONNREFUSED/],
	['diagnose --kubeconfig vipcheck/clusters/dead1/kubeconfig --context x', /the context "x" is not among its contexts \(c\)$/],
] as const)
	test(`vipcheck ${args}: one line, exit 2`, async t => {
		const {exitCode, stdout, stderr} = await vipcheck(args.split(' '));
		t.is(exitCode, 2);
		t.regex(stderr, message);
		t.false(stderr.includes('\n'), stderr);
		t.is(stdout, '');
	});

// Debian's user-mode Linux has not got what this mode needs, on any machine.
const OF_ALL = /^no cluster with mode \w+, family \w+ can be made here:\n(?: {2}\w+: .*\n)* {2}embedded: mode nftables needs /;
for (const [args, message] of [
	['--mode nftables --node-kernel uml', OF_ALL],
	['up --mode nftables --node-kernel uml', OF_ALL],
	// One provider, one line.
	['--provider embedded --mode nftables --node-kernel uml', /^embedded: mode nftables needs .*$/],
] as const)
	test(`vipcheck ${args}: the reasons, exit 2, nothing made`, async t => {
		const {exitCode, stdout, stderr} = await vipcheck([...args.split(' ')]);
		t.is(exitCode, 2);
		t.regex(stderr, message);
		t.is(stdout, '');
	});

test('help comes at once, with examples, and names every command', async t => {
	const {exitCode, stdout, durationMs} = await vipcheck(['--help']);
	t.log(`${Math.round(durationMs)} ms`);
	t.is(exitCode, 0);
	for (const word of ['test', 'up', 'down', 'list', 'report', 'doctor', 'clean', 'Examples:', 'Exit code:'])
		t.true(stdout.includes(word), word);
});

test('from any directory and through symlinks', async t => {
	symlinkSync(join(project, 'vipcheck'), join(temporary, 'link'));
	symlinkSync('link', join(temporary, 'link-to-link'));
	const {exitCode, stdout} = await vipcheck(['list'], {cwd: '/', script: join(temporary, 'link-to-link')});
	t.is(exitCode, 0);
	t.regex(stdout, /^clusterip\/reach +\S/m);
});

test('list --json tells all of each check', async t => {
	const {stdout} = await vipcheck(['list', '--json']);
	const checks = JSON.parse(stdout) as Readonly<Record<string, unknown>>[];
	t.true(checks.length >= 12);
	for (const {id, title, statement, why, modes, needs, refs, faults, noFault} of checks) {
		t.true(
			[title, statement, why].every(text => typeof text === 'string' && text !== ''),
			String(id),
		);
		t.true(
			[modes, needs, refs].every(list => Array.isArray(list)),
			String(id),
		);
		t.true((Array.isArray(faults) && faults.length > 0) !== (typeof noFault === 'string' && noFault !== ''), String(id));
	}
	t.deepEqual(
		checks.filter(({id}) => id === 'rules/nft-exact').map(({modes}) => modes),
		[['nftables']],
	);
});

test('flags that npm took for itself are told', async t => {
	const {exitCode, stderr} = await vipcheck([], {env: {npm_lifecycle_event: 'test', npm_config_mode: 'ipvs'}});
	t.is(exitCode, 2);
	t.is(stderr, 'npm took --mode for itself: write npm test -- --mode …');
});

test('VIPCHECK_DEBUG=1 shows the stack', async t => {
	const {stderr} = await vipcheck(['--mode', 'userspace'], {env: {VIPCHECK_DEBUG: '1'}});
	t.regex(stderr, /\n {4}at /);
});

test('list --clusters shows each, --paths directories only', async t => {
	const {stdout} = await vipcheck(['list', '--clusters', '--paths']);
	t.deepEqual(
		stdout.split('\n').map(line => line.split('/').at(-1)),
		['dead1', 'half1', 'torn1'],
	);
	const {stdout: rows} = await vipcheck(['list', '--clusters']);
	t.regex(rows, /^dead1 +iptables +1\.36\.3 +\S.* kept +\//m);
});
