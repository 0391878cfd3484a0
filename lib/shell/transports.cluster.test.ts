import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {CONTRACT} from '../../test/shell-contract.ts';
import {connect} from '../kube.ts';
import {deployClients, removeNamespaces} from '../testbed/clients.ts';
import type {ClusterRef} from '../target.ts';
import byExec from './pods/by-exec.ts';
import byNode from './pods/by-node.ts';
import {openShells} from './shells.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const shells = await openShells(cluster);
const kube = await connect(cluster.kubeconfig);
const runId = `transports-${process.pid}`;
const {name: node} = cluster.nodes.at(-1) as ClusterRef['nodes'][number];

await deployClients(kube, cluster, runId, {signal: AbortSignal.timeout(120_000)});
const {items} = await kube.core.listNamespacedPod({namespace: 'vipcheck-clients', fieldSelector: `spec.nodeName=${node}`});
const status = items[0]?.status?.containerStatuses?.[0];
const ref = {
	where: `a pod on ${node}`,
	namespace: 'vipcheck-clients',
	pod: items[0]?.metadata?.name as string,
	container: status?.name as string,
	containerId: status?.containerID as string,
	node,
};
const grounds = {node: shells.node, kubeconfig: cluster.kubeconfig};
const inClient = '/usr/local/bin/node';

const places = [
	{name: `node, by ${cluster.nodes[0]?.access?.kind}`, shell: shells.node(node), node: 'node', beside: shells.node(node)},
	{name: 'host outside', shell: shells.outside(), node: 'node', beside: shells.outside()},
	{name: `pod, by ${byNode.name}`, shell: await byNode.open(ref, grounds), node: inClient, beside: shells.node(node)},
	// What the API server started cannot be ended by it: what neither reads nor writes stays.
	{name: `pod, by ${byExec.name}`, shell: await byExec.open(ref, grounds), node: inClient, noEnvironment: true},
];

for (const {name, shell, ...place} of places)
	for (const [promise, holds] of CONTRACT) test(`${name}: ${promise}`, async t => holds(t, shell, place));

test.after.always(async () => {
	await removeNamespaces(kube, runId);
	await shells.close();
});
