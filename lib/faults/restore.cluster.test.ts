import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {echoPods, service} from '../check/workloads.ts';
import {createPod, podReady} from '../check/pods.ts';
import {programmed} from '../check/programmed.ts';
import type {TestNode, Testbed} from '../check/testbed.ts';
import {openShell} from '../shell/open.ts';
import type {ClusterRef} from '../target.ts';
import {carryOut, toolsOf} from '../check/change/carry-out.ts';
import {continueDaemon, stopDaemon} from '../check/change/daemon.ts';
import {loadFaults} from './load.ts';
import {readIptables, readNftables} from './look-at.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const tools = await toolsOf(cluster);
const namespace = `vipcheck-restore-${process.pid}`;
const {signal} = new AbortController();
const nodes: readonly TestNode[] = cluster.nodes.map(node => ({...node, ip: node.ips[0] as string, shell: openShell(node.access, node.name)}));
const workers = nodes.filter(({role}) => role === 'worker') as unknown as Testbed['workers'];
const testbed = {cluster, mode: cluster.target.mode, family: 'ipv4', namespace, kube: tools.kube, signal, nodes, workers, sawProgrammed: () => undefined} as unknown as Testbed;
const faults = (await loadFaults()).filter(fault => fault.on === 'node' && fault.applies({mode: testbed.mode}).ok && fault.id !== 'M1');

/** Rules without counters and the time of the dump. */
const rulesOn = async (node: TestNode): Promise<string> => {
	const texts = [await readIptables(node, 'ipv4'), testbed.mode === 'nftables' ? await readNftables(node, 'ipv4') : '', (await node.shell.run(['nft', 'list', 'tables'])).stdout];
	return texts.join('\n').replaceAll(/^#.*$/gm, '').replaceAll(/\[\d+:\d+\]/g, '');
};

test.before(async () => {
	await tools.kube.core.createNamespace({body: {metadata: {name: namespace}}});
	await echoPods(testbed, {name: 'echo', replicas: 3});
	await createPod(testbed, {name: 'port', node: workers[0].name, ports: [{containerPort: 8080, hostPort: 18_090, protocol: 'TCP'}]});
	await podReady(testbed, 'port');
	const ports = [{name: 'tcp', port: 80, targetPort: 8080}, {name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP' as const}];
	await service(testbed, {name: 'echo', type: 'NodePort', selector: {app: 'echo'}, ports});
	await service(testbed, {name: 'sticky', type: 'NodePort', selector: {app: 'echo'}, ports, sessionAffinity: 'ClientIP'});
	await service(testbed, {name: 'nobody', selector: {app: 'nobody'}, ports});
	for (const name of ['echo', 'sticky', 'nobody']) await programmed(testbed, name);
});
test.after.always(() => tools.kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}}));

for (const fault of faults) test.serial(`${fault.id}: what it broke is put back exactly, once or twice`, async t => {
	if (fault.on !== 'node') return;
	const node = await fault.choose?.(testbed) ?? workers[0];
	await carryOut(stopDaemon(node.name, 'kube-proxy'), tools, signal);
	try {
		const before = await rulesOn(node);
		const {inject, undo} = await fault.plan(testbed, node);
		for (const command of inject) await carryOut(command, tools, signal);
		t.not(await rulesOn(node), before);
		for (const command of undo) await carryOut(command, tools, signal);
		t.is(await rulesOn(node), before);
		for (const command of undo) await carryOut(command, tools, signal);
		t.is(await rulesOn(node), before);
	} finally {
		await carryOut(continueDaemon(node.name, 'kube-proxy'), tools, signal);
	}
});

test.serial('kube-proxy follows again', async t => {
	await service(testbed, {name: 'later', selector: {app: 'echo'}, ports: [{name: 'tcp', port: 80, targetPort: 8080}]});
	await t.notThrowsAsync(programmed(testbed, 'later'));
});
