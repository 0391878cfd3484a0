import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {connect} from '../kube.ts';
import {openShells} from '../shell/shells.ts';
import type {ClusterRef} from '../target.ts';
import {LOOK_NAMES} from '../facts/argv.ts';
import {clusterStateOf} from './cluster-state.ts';
import {gatherApi} from './gather-api.ts';
import {gatherNode} from './gather-node.ts';
import {readNode} from '../facts/read-node.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const shells = await openShells(cluster);
test.after.always(async () => shells.close());
const {mode, version} = cluster.target;

test('the API: every fact is there, and makes a state', async t => {
	const facts = await gatherApi(await connect(cluster.kubeconfig));
	const {proxyLogs, ...others} = facts;
	t.deepEqual(
		Object.entries(others).flatMap(([name, fact]) => (fact.ok ? [] : [[name, fact.source, fact.why]])),
		[],
	);
	t.is(proxyLogs.size, cluster.nodes.length);
	t.true([...proxyLogs.values()].every(fact => fact.ok && fact.value.length > 0));
	const state = clusterStateOf(facts);
	t.deepEqual([state.mode, state.minor, state.nodes.length], [mode, Number(version.split('.')[1]), cluster.nodes.length]);
	t.true(state.services.length >= 2 && state.slices.length >= 2);
});

for (const node of cluster.nodes) {
	test(`${node.name}: every fact is there, and nothing in it is odd`, async t => {
		const facts = readNode(await gatherNode(shells.node(node.name)));
		t.deepEqual(
			LOOK_NAMES.flatMap((name): readonly unknown[] => {
				const fact = facts[name];
				if (!fact.ok) return [[name, fact.source, fact.why]];
				return typeof fact.value === 'object' && 'remainder' in fact.value && fact.value.remainder.length > 0
					? [[name, fact.value.remainder]]
					: [];
			}),
			[],
		);
		t.is(facts.proxyMode.ok && facts.proxyMode.value, mode);
		t.is(facts.healthz.ok && facts.healthz.value.status, 200);
		t.is(facts.sysctls.ok && facts.sysctls.value.values.get('net.ipv4.ip_forward'), '1');
		t.true(facts.listeners.ok && facts.listeners.value.listeners.some(({port}) => port === 10_256));
		t.true(
			facts.addresses.ok &&
				node.ips.every(ip => facts.addresses.ok && facts.addresses.value.items.some(({address}) => address === ip)),
		);
		const api = await gatherApi(await connect(cluster.kubeconfig));
		t.deepEqual(clusterStateOf(api, facts).proxy.clusterCIDRs, clusterStateOf(api).proxy.clusterCIDRs);
		t.is<string, string>(clusterStateOf(api, facts).mode, mode);
	});
}
