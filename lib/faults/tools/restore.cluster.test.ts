import test from 'ava';
import {echoPods, service} from '../../testbed/workloads.ts';
import {createPod, podReady} from '../../testbed/pods.ts';
import {UNSERVED, balancerGives} from '../../testbed/load-balancer.ts';
import {programmed} from '../../testbed/programmed.ts';
import {carryOut} from '../../change/carry-out.ts';
import {continueDaemon, stopDaemon} from '../../change/daemon.ts';
import {clusterTest} from './fixtures/cluster-testbed.ts';
import {loadFaults} from './load.ts';

const {testbed, tools, stateOf, close} = await clusterTest('restore');
const {namespace, signal, workers} = testbed;
const faults = (await loadFaults()).filter(
	// A kube-proxy that hangs leaves the rules as they are, and one of another mode changes nothing while it is stopped, as all are here.
	fault => fault.on === 'node' && fault.applies({mode: testbed.mode}).ok && fault.layer !== 'kube-proxy',
);

test.before(async () => {
	await tools.kube.core.createNamespace({body: {metadata: {name: namespace}}});
	await echoPods(testbed, {name: 'echo', replicas: 3});
	await createPod(testbed, {name: 'port', node: workers[0].name, ports: [{containerPort: 8080, hostPort: 18_090, protocol: 'TCP'}]});
	await podReady(testbed, 'port');
	const ports = [
		{name: 'tcp', port: 80, targetPort: 8080},
		{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP' as const},
	];
	await service(testbed, {name: 'echo', type: 'NodePort', selector: {app: 'echo'}, ports});
	await service(testbed, {name: 'sticky', type: 'NodePort', selector: {app: 'echo'}, ports, sessionAffinity: 'ClientIP'});
	await service(testbed, {name: 'nobody', selector: {app: 'nobody'}, ports});
	const balanced = {...UNSERVED, selector: {app: 'echo'}, ports, loadBalancerSourceRanges: ['192.0.2.0/24']};
	await service(testbed, {...balanced, name: 'ranged'});
	await balancerGives(testbed, 'ranged', [{ip: '198.19.250.1'}]);
	for (const name of ['echo', 'sticky', 'nobody', 'ranged']) await programmed(testbed, name);
});
test.after.always(() => close());

const LEFT_OUT = new Set([
	// It looks for who announces the address of a load balancer, and nobody does here.
	'second-arp-responder',
	// It ends connections that are open, and none is here; what it ends cannot be put back.
	'connections-forgotten',
]);

for (const fault of faults.filter(({id}) => !LEFT_OUT.has(id)))
	test.serial(`${fault.id}: what it broke is put back exactly, once or twice`, async t => {
		if (fault.on !== 'node') return;
		const node = (await fault.choose?.(testbed)) ?? workers[0];
		await carryOut(stopDaemon(node.name, 'kube-proxy'), tools, signal);
		try {
			const before = await stateOf(node);
			const {inject, undo} = await fault.plan(testbed, node);
			const takeBack = async (): Promise<string> => {
				for (const command of undo) await carryOut(command, tools, signal);
				return stateOf(node);
			};
			for (const command of inject) await carryOut(command, tools, signal);
			const broken = await stateOf(node);
			// First of all: a node that stays broken would fail the tests after this one too.
			const restored = [await takeBack(), await takeBack()];
			t.not(broken, before);
			t.deepEqual(restored, [before, before]);
		} finally {
			await carryOut(continueDaemon(node.name, 'kube-proxy'), tools, signal);
		}
	});

test.serial('kube-proxy follows again', async t => {
	await service(testbed, {name: 'later', selector: {app: 'echo'}, ports: [{name: 'tcp', port: 80, targetPort: 8080}]});
	await t.notThrowsAsync(programmed(testbed, 'later'));
});
