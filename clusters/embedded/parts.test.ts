import {globSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {
	COREDNS_VERSION,
	GO_MINIMUM,
	IMAGE_PROGRAMS,
	KUBERNETES_PROGRAMS,
	KUBERNETES_VERSIONS,
	METALLB_PROGRAMS,
	METALLB_VERSION,
	RELEASE_HOSTS,
	RELEASE_IMAGES,
	RELEASE_PROGRAMS,
} from './parts.ts';
import {ARCHITECTURES, PINS_FILE, readPins, sumsOf} from './parts/pins.ts';

const go = join(import.meta.dirname, 'go');

test('every Kubernetes version has a Go module that requires it, replaces every staging module by it, and names every program', async t => {
	const modules = (await readdir(go)).filter(name => name.startsWith('kubernetes-'));
	t.deepEqual(modules.sort(), KUBERNETES_VERSIONS.map(version => `kubernetes-${version}`).sort());
	for (const version of KUBERNETES_VERSIONS) {
		const text = await readFile(join(go, `kubernetes-${version}`, 'go.mod'), 'utf8');
		t.true(text.includes(`k8s.io/kubernetes v${version}`), version);
		const replaced = [...text.matchAll(/^\t(k8s\.io\/\S+) => (\S+) (\S+)$/gm)];
		t.true(replaced.length > 25, `${version}: ${replaced.length} replaced`);
		for (const [, from, to, at] of replaced) t.deepEqual([to, at], [from, `v0.${version.split('.').slice(1).join('.')}`]);
		for (const {goPackage} of KUBERNETES_PROGRAMS) t.true(text.includes(`\t${goPackage}\n`), goPackage);
		const wanted = /^go (\S+)$/m.exec(text)?.[1] ?? '';
		t.true(wanted.localeCompare(GO_MINIMUM, 'en', {numeric: true}) <= 0, `${version} wants Go ${wanted}, newer than ${GO_MINIMUM}`);
	}
});

test('one patch for each minor: the default, and the others from the newest on', t => {
	const [standard, ...others] = KUBERNETES_VERSIONS.map(version => Number(version.split('.')[1]));
	t.is(new Set([standard, ...others]).size, KUBERNETES_VERSIONS.length);
	t.deepEqual(
		others,
		others.toSorted((a, b) => b - a),
	);
});

test('CoreDNS is the pinned one, with the client-go of the default Kubernetes version', async t => {
	const text = await readFile(join(go, 'images', 'go.mod'), 'utf8');
	t.true(text.includes(`github.com/coredns/coredns v${COREDNS_VERSION}`));
	t.true(text.includes(`k8s.io/client-go v0.${KUBERNETES_VERSIONS[0]?.split('.').slice(1).join('.')}`));
});

test('MetalLB is the pinned one, and its module names every program', async t => {
	const text = await readFile(join(go, 'metallb', 'go.mod'), 'utf8');
	t.true(text.includes(`go.universe.tf/metallb v${METALLB_VERSION}`));
	for (const {goPackage} of METALLB_PROGRAMS) t.true(text.includes(`\t${goPackage}\n`), goPackage);
});

test('the release has every program that Go builds but pause, once', t => {
	const built = [...KUBERNETES_PROGRAMS, ...IMAGE_PROGRAMS].map(({name}) => name).filter(name => name !== 'pause');
	t.deepEqual([...RELEASE_PROGRAMS, ...RELEASE_IMAGES.map(({program}) => program)].sort(), built.sort());
	for (const {digest, program} of RELEASE_IMAGES) t.regex(digest, /^sha256:[0-9a-f]{64}$/, program);
});

test('a version that is pinned is one of ours, and whole', async t => {
	const pins = await readPins(PINS_FILE);
	t.deepEqual(
		Object.keys(pins).filter(version => !KUBERNETES_VERSIONS.includes(version)),
		[],
	);
	for (const version of Object.keys(pins))
		for (const architecture of ARCHITECTURES) t.truthy(sumsOf(pins, version, architecture), `${version} ${architecture}`);
});

test('no other source names a host of the release', async t => {
	const project = join(import.meta.dirname, '..', '..');
	const sources = globSync('{lib,clusters,reports,suites,bench}/**/*.ts', {cwd: project}).filter(
		file => file !== 'clusters/embedded/parts.ts',
	);
	t.true(sources.length > 100);
	const hosts = Object.values(RELEASE_HOSTS).map(url => new URL(url).host);
	const naming = await Promise.all(
		sources.map(async file => {
			const text = await readFile(join(project, file), 'utf8');
			return hosts.filter(host => text.includes(host)).map(host => `${file} names ${host}`);
		}),
	);
	t.deepEqual(naming.flat(), []);
});
