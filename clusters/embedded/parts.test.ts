import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {COREDNS_VERSION, GO_MINIMUM, KUBERNETES_PROGRAMS, KUBERNETES_VERSIONS} from './parts.ts';

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

test('one patch for each minor, the default is the newest', t => {
	const minors = KUBERNETES_VERSIONS.map(version => Number(version.split('.')[1]));
	t.deepEqual(minors, [...new Set(minors)].sort((a, b) => b - a));
});

test('CoreDNS is the pinned one, with the client-go of the default Kubernetes version', async t => {
	const text = await readFile(join(go, 'images', 'go.mod'), 'utf8');
	t.true(text.includes(`github.com/coredns/coredns v${COREDNS_VERSION}`));
	t.true(text.includes(`k8s.io/client-go v0.${KUBERNETES_VERSIONS[0]?.split('.').slice(1).join('.')}`));
});
