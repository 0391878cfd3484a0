import test from 'ava';
import {dialPlan, type ToDial} from './dial-plan.ts';
import {NAMESPACE, PODS} from './fixtures/healthy.ts';

const nodes = [
	{name: 'control-plane', ip: '172.18.0.10'},
	{name: 'worker-1', ip: '172.18.0.11'},
	{name: 'worker-2', ip: '172.18.0.12'},
];
const slice = (addresses: readonly string[], ports = [{port: 8080}, {port: 8081, protocol: 'UDP'}, {port: 9, protocol: 'SCTP'}]) => ({
	addressType: 'IPv4',
	metadata: {name: 's'},
	endpoints: addresses.map(ip => ({addresses: [ip]})),
	ports,
});
const plan = (more: Partial<Parameters<typeof dialPlan>[0]>) =>
	dialPlan({
		nodes,
		suspected: ['worker-2'],
		slices: [slice(['10.244.1.3', '10.244.2.2', '192.0.2.1'])],
		pods: PODS,
		namespace: NAMESPACE,
		family: 'ipv4',
		...more,
	});
const told = (ways: readonly ToDial[]) =>
	ways.map(({from, kind, name, ip, port, protocol}) => `${from} ${kind} ${name} ${ip}:${port}/${protocol}`);

test('each backend from its own node and the suspected one, TCP and UDP, and the nodes between; strangers not', t => {
	t.deepEqual(told(plan({})), [
		'worker-1 pod web-1 10.244.1.3:8080/TCP',
		'worker-2 pod web-1 10.244.1.3:8080/TCP',
		'worker-1 pod web-1 10.244.1.3:8081/UDP',
		'worker-2 pod web-1 10.244.1.3:8081/UDP',
		'worker-2 pod web-2 10.244.2.2:8080/TCP',
		'worker-2 pod web-2 10.244.2.2:8081/UDP',
		'worker-2 node worker-1 172.18.0.11:10250/TCP',
	]);
});

test('pods with a host port are backends too; those that are not ready are none', t => {
	const hosted = {...PODS[0], spec: {...PODS[0].spec, containers: [{name: 'echo', ports: [{containerPort: 8080, hostPort: 18_080}]}]}};
	t.deepEqual(told(plan({slices: [], pods: [hosted, PODS[1]], suspected: ['worker-1']})), ['worker-1 pod web-1 10.244.1.3:8080/TCP']);
	t.deepEqual(plan({pods: PODS.map(pod => ({...pod, status: {podIPs: pod.status?.podIPs ?? []}}))}), []);
	t.deepEqual(plan({namespace: 'other'}), []);
});

test('of many backends the first are dialled', t => {
	const pods = Array.from({length: 20}, (_, index) => ({
		...PODS[1],
		metadata: {...PODS[1].metadata, name: `web-${index}`},
		status: {...PODS[1].status, podIPs: [{ip: `10.244.2.${index + 2}`}]},
	}));
	t.is(
		plan({
			pods,
			slices: [
				slice(
					pods.map(pod => pod.status.podIPs[0]!.ip),
					[{port: 8080}],
				),
			],
		}).length,
		8,
	);
});
