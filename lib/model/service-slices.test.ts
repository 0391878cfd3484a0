import type {V1EndpointSlice, V1Pod, V1PodSpec} from '@kubernetes/client-node';
import test from 'ava';
import {endpoint, service, slice} from './fixtures/objects.ts';
import {recordedDns} from './fixtures/recorded-dns.ts';
import {hasSelector, rightfulSlices, selectedSlices, slicesOf} from './service-slices.ts';

type PodWish = {
	readonly ips?: readonly string[];
	readonly labels?: Record<string, string>;
	readonly namespace?: string;
	readonly ready?: boolean;
	readonly leaving?: boolean;
	readonly phase?: string;
} & Partial<V1PodSpec>;

/** A ready pod pod1 of ns1 with the label app=web and a port http, unless told otherwise. */
const pod = ({
	ips = ['10.180.0.1'],
	labels = {app: 'web'},
	namespace = 'ns1',
	ready = true,
	leaving = false,
	phase = 'Running',
	...spec
}: PodWish = {}): V1Pod => ({
	metadata: {name: 'pod1', namespace, labels, ...(leaving && {deletionTimestamp: new Date(0)})},
	spec: {nodeName: 'worker-1', containers: [{name: 'c', ports: [{name: 'http', containerPort: 8080}]}], ...spec},
	status: {phase, podIPs: ips.map(ip => ({ip})), conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}]},
});
const web = (more: Parameters<typeof service>[0] = {}) => service({selector: {app: 'web'}, ...more});
const sidecar = {
	initContainers: [
		{name: 's', restartPolicy: 'Always', ports: [{name: 'admin', containerPort: 9}]},
		{name: 'once', ports: [{name: 'gone', containerPort: 10}]},
	],
};
const port = (targetPort: string | number, more: object = {}) =>
	web({ports: [{name: 'p80', port: 80, protocol: 'TCP', targetPort, ...more}]});

/** `address ready/serving/terminating name:number/protocol …`, with the hostname if there is one. */
const told = (slices: readonly V1EndpointSlice[]): readonly string[] =>
	slices.flatMap(({endpoints = [], ports = []}) =>
		(endpoints ?? []).map(({addresses, conditions: {ready, serving, terminating} = {}, hostname}) =>
			[
				addresses.join(','),
				[ready, serving, terminating].map(Number).join('/'),
				...(ports ?? []).map(one => `${one.name}:${one.port}/${one.protocol}`).toSorted(),
				...(hostname ? [hostname] : []),
			].join(' '),
		),
	);

const CASES: ReadonlyArray<
	readonly [title: string, given: ReturnType<typeof service>, pods: readonly V1Pod[], expected: readonly string[]]
> = [
	['a ready pod', web(), [pod()], ['10.180.0.1 1/1/0 p80:80/TCP']],
	['one that is not ready', web(), [pod({ready: false})], ['10.180.0.1 0/0/0 p80:80/TCP']],
	['one that drains', web(), [pod({leaving: true})], ['10.180.0.1 0/1/1 p80:80/TCP']],
	[
		'not ready, published all the same',
		web({publishNotReadyAddresses: true}),
		[pod({ready: false}), pod({leaving: true})],
		['10.180.0.1 1/0/0 p80:80/TCP', '10.180.0.1 1/1/1 p80:80/TCP'],
	],
	['one that has ended', web(), [pod({phase: 'Succeeded'}), pod({phase: 'Failed'})], []],
	['one without an address', web(), [pod({ips: []})], []],
	['another label, another namespace', web(), [pod({labels: {app: 'other'}}), pod({namespace: 'ns2'})], []],
	['the family of the Service', web(), [pod({ips: ['10.180.0.1', 'fd00::1']})], ['10.180.0.1 1/1/0 p80:80/TCP']],
	[
		'both families',
		web({ipFamilies: ['IPv6', 'IPv4']}),
		[pod({ips: ['fd00::1', '10.180.0.1']})],
		['10.180.0.1 1/1/0 p80:80/TCP', 'fd00::1 1/1/0 p80:80/TCP'],
	],
	['a target port by number', port(8080), [pod()], ['10.180.0.1 1/1/0 p80:8080/TCP']],
	['a target port by name', port('http'), [pod()], ['10.180.0.1 1/1/0 p80:8080/TCP']],
	['a target port by name, of another protocol', port('http', {protocol: 'UDP'}), [pod()], ['10.180.0.1 1/1/0']],
	['a name that the pod does not have', port('https'), [pod()], ['10.180.0.1 1/1/0']],
	['a name of a sidecar', port('admin'), [pod(sidecar)], ['10.180.0.1 1/1/0 p80:9/TCP']],
	['a name of a container that has ended', port('gone'), [pod(sidecar)], ['10.180.0.1 1/1/0']],
	['a hostname of this Service', web(), [pod({hostname: 'db-0', subdomain: 'svc1'})], ['10.180.0.1 1/1/0 p80:80/TCP db-0']],
	['a hostname of another Service', web(), [pod({hostname: 'db-0', subdomain: 'svc2'})], ['10.180.0.1 1/1/0 p80:80/TCP']],
	['no selector', service(), [pod()], []],
	['an alias', web({type: 'ExternalName'}), [pod()], []],
];

for (const [title, given, pods, expected] of CASES)
	test(`slices by pods: ${title}`, t => t.deepEqual(told(selectedSlices(given, pods)), expected));

test('of a Service with a selector its pods count, of another its slices', t => {
	const [foreign, own] = [
		slice({name: 'foreign', endpoints: [endpoint('10.180.9.9')]}),
		slice({of: 'svc2', endpoints: [endpoint('10.180.0.2')]}),
	];
	const found = rightfulSlices(
		[web(), service({name: 'svc2'})],
		[pod()],
		[foreign, own, slice({of: 'svc2', namespace: 'ns2', endpoints: []})],
	);
	t.deepEqual(
		found.map(({metadata, endpoints}) => [metadata?.name, endpoints?.map(({addresses}) => addresses)]),
		[
			['svc1-pod1', [['10.180.0.1']]],
			['svc2-1', [['10.180.0.2']]],
		],
	);
});

test('what the controller of a real cluster made', t => {
	const {services, pods, slices} = recordedDns().state;
	const selecting = services.filter(one => hasSelector(one));
	t.true(selecting.length > 5 && selecting.some(one => selectedSlices(one, pods).length > 3));
	for (const one of selecting)
		t.deepEqual(told(selectedSlices(one, pods)).toSorted(), told(slicesOf(one, slices)).toSorted(), one.metadata?.name);
});
