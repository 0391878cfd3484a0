import test from 'ava';
import {parseAllDocuments} from 'yaml';
import {MODES, NODE_KERNELS, type NodeKernel} from '../../../lib/target.ts';
import {kernelOf} from './kernels.ts';

const HOST = {ipvs: 'there', processor: 'x64'} as const;

type Row = {
	readonly modes: readonly string[];
	readonly isHosts: boolean;
	readonly commandLine: readonly string[];
	readonly env: number;
};
const ROWS: Readonly<Record<NodeKernel, Row>> = {
	host: {modes: ['iptables', 'ipvs', 'nftables'], isHosts: true, commandLine: [], env: 0},
	uml: {modes: ['iptables', 'ipvs'], isHosts: false, commandLine: [], env: 1},
	'uml-built': {modes: ['iptables', 'ipvs', 'nftables'], isHosts: false, commandLine: ['seccomp=on'], env: 0},
};

const MANIFEST = `kind: DaemonSet
spec:
  template:
    spec:
      containers:
      - name: kube-proxy
`;

for (const word of NODE_KERNELS)
	test(`what is different about nodes with the kernel ${word}`, t => {
		const {fits, isHosts, own, programs, devices, proxyManifest = manifest => manifest} = kernelOf(word);
		const {modes, commandLine, env, ...row} = ROWS[word];
		t.deepEqual(MODES.filter(mode => fits(mode, HOST, true).ok).toSorted(), [...modes]);
		t.is(isHosts, row.isHosts);
		t.deepEqual(own?.commandLine ?? [], [...commandLine]);
		// What a machine with a kernel of its own needs is the same for each.
		if (own) t.deepEqual([Object.keys(programs), Object.keys(devices)], [['mke2fs', 'perl', 'taskset'], ['/dev/net/tun']]);
		const [daemonSet] = parseAllDocuments(proxyManifest(MANIFEST)).map(
			document => document.toJS() as {spec: {template: {spec: {containers: {env?: unknown[]; resources?: unknown}[]}}}},
		);
		const [container] = daemonSet?.spec.template.spec.containers ?? [];
		t.is(container?.env?.length ?? 0, env, 'only a kernel without nf_tables wants the older tools');
		t.deepEqual(container?.resources, isHosts ? undefined : {requests: {cpu: '400m'}});
	});

test("the mode nftables is for those that have nf_tables' families", t => {
	for (const word of NODE_KERNELS) t.is(kernelOf(word).nftables, kernelOf(word).fits('nftables', HOST, true).ok, word);
});
