import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import {connect} from '../../lib/kube.ts';
import {openShells} from '../../lib/shell/shells.ts';
import type {ClusterRef} from '../../lib/target.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const shells = await openShells(cluster);
const node = cluster.nodes.at(-1) as ClusterRef['nodes'][number];
const shell = shells.node(node.name);

test('the image of kube-proxy knows the names of protocols', async t => {
	const {stdout} = await shell.run([
		'sh',
		'-c',
		'for d in /proc/[0-9]*; do [ "$(cat $d/comm)" = kube-proxy ] && grep -c "^tcp" $d/root/etc/protocols; done 2>/dev/null; true',
	]);
	t.is(stdout.trim(), '1');
});

if (cluster.target.mode === 'nftables') {
	test('a full sync of kube-proxy leaves its own elements where they are', async t => {
		const elements = async (): Promise<number> =>
			((await shell.run(['nft', 'list', 'map', 'ip', 'kube-proxy', 'service-ips'])).stdout.match(/ : goto /g) ?? []).length;
		const before = await elements();
		t.true(before >= 4, `${before} elements: the API server and DNS at least`);
		const kube = await connect(cluster.kubeconfig);
		// A node's zone is part of what kube-proxy computes from: a change of it is followed by a full sync.
		const label = async (zone: string | undefined): Promise<unknown> =>
			kube.apply({
				apiVersion: 'v1',
				kind: 'Node',
				metadata: {name: node.name, ...(zone !== undefined && {labels: {'topology.kubernetes.io/zone': zone}})},
			});
		await label('a');
		const seen: number[] = [];
		for (let look = 0; look < 30; look++) {
			seen.push(await elements());
			await pause(100);
		}
		await label(undefined);
		t.deepEqual(
			seen.filter(count => count !== before),
			[],
		);
	});
}
