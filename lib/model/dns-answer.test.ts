import test from 'ava';
import type {ExpectedRecord} from '../dns-record.ts';
import {dnsAnswer, type ServiceQuestion} from './dns-answer.ts';
import type {DnsState} from './dns-targets.ts';
import {endpoint, service, slice} from './fixtures/objects.ts';
import {recordedDns} from './fixtures/recorded-dns.ts';
import {rightfulSlices} from './service-slices.ts';

const textOf = ({name, type, data}: ExpectedRecord): string => `${name} ${type} ${data}`;
const told = (state: DnsState, question: ServiceQuestion) => {
	const {rcode, answers, glue = []} = dnsAnswer(state, question);
	return {rcode, answers: answers.map(record => textOf(record)).sort(), glue: glue.map(record => textOf(record)).sort()};
};

const {state: recorded, answers: recordedAnswers} = recordedDns();

for (const [whose, slices] of [
	['the slices', recorded.slices],
	['the pods', rightfulSlices(recorded.services, recorded.pods, recorded.slices)],
] as const) {
	test(`all that CoreDNS answered, by ${whose}`, t => {
		t.true(recordedAnswers.length > 300);
		const state = {services: recorded.services, slices};
		for (const {name, type, rcode, answers, glue} of recordedAnswers)
			t.deepEqual(told(state, {name, type} as ServiceQuestion), {rcode, answers: [...answers], glue: [...glue]}, `${type} ${name}`);
	});
}

/** The examples of the specification: a Service kubernetes and a headless one of two pets and a nameless endpoint that is ready, and one that is not. */
const SPECIFICATION: DnsState = {
	services: [
		service({
			name: 'kubernetes',
			namespace: 'default',
			clusterIP: '10.3.0.1',
			ports: [{name: 'https', port: 443, protocol: 'TCP'}, {port: 80}],
		}),
		service({name: 'headless', namespace: 'default', clusterIP: 'None', ports: [{name: 'https', port: 443, protocol: 'TCP'}]}),
		service({name: 'deserted', namespace: 'default', clusterIP: 'None'}),
		{metadata: {name: 'foo', namespace: 'default'}, spec: {type: 'ExternalName', externalName: 'www.example.com'}},
	],
	slices: [
		slice({
			namespace: 'default',
			of: 'headless',
			ports: [{name: 'https', port: 443, protocol: 'TCP'}],
			endpoints: [
				{...endpoint('10.3.0.100'), hostname: 'my-pet'},
				{...endpoint('10.3.0.101', {ready: true}), hostname: 'my-pet-2'},
				endpoint('10.3.0.3', {ready: true}),
				endpoint('10.3.0.4', {ready: false}),
			],
		}),
		slice({namespace: 'default', of: 'deserted', endpoints: [endpoint('10.3.0.5', {ready: false})]}),
	],
};
const ZONE = 'default.svc.cluster.local';
const TARGETS = ['my-pet', 'my-pet-2', '10-3-0-3'].map(label => `${label}.headless.${ZONE}`).sort();

const ROWS: ReadonlyArray<readonly [section: string, type: ServiceQuestion['type'], name: string, rcode: string, data: readonly string[]]> =
	[
		['2.3.1', 'A', `kubernetes.${ZONE}`, 'NOERROR', ['10.3.0.1']],
		['2.3.1, names compare without regard to case', 'A', `KUBERNETES.Default.svc.cluster.local.`, 'NOERROR', ['10.3.0.1']],
		['2.3.1, of the other family', 'AAAA', `kubernetes.${ZONE}`, 'NOERROR', []],
		['2.3.2', 'SRV', `_https._tcp.kubernetes.${ZONE}`, 'NOERROR', [`0 100 443 kubernetes.${ZONE}`]],
		['2.3.2, unnamed ports have none', 'SRV', `_._tcp.kubernetes.${ZONE}`, 'NXDOMAIN', []],
		['2.3.2, another protocol', 'SRV', `_https._udp.kubernetes.${ZONE}`, 'NXDOMAIN', []],
		['2.3.3', 'PTR', '1.0.3.10.in-addr.arpa', 'NOERROR', [`kubernetes.${ZONE}`]],
		['2.4.1', 'A', `headless.${ZONE}`, 'NOERROR', ['10.3.0.100', '10.3.0.101', '10.3.0.3']],
		['2.4.1, no ready endpoints', 'A', `deserted.${ZONE}`, 'NXDOMAIN', []],
		['2.4.1, by hostname', 'A', `my-pet.headless.${ZONE}`, 'NOERROR', ['10.3.0.100']],
		['2.4.1, by the name it is given', 'A', `10-3-0-3.headless.${ZONE}`, 'NOERROR', ['10.3.0.3']],
		['2.4.1, not ready', 'A', `10-3-0-4.headless.${ZONE}`, 'NXDOMAIN', []],
		['2.4.2', 'SRV', `_https._tcp.headless.${ZONE}`, 'NOERROR', TARGETS.map(target => `0 33 443 ${target}`)],
		['2.4.3', 'PTR', '100.0.3.10.in-addr.arpa', 'NOERROR', [`my-pet.headless.${ZONE}`]],
		['2.5', 'CNAME', `foo.${ZONE}`, 'NOERROR', ['www.example.com']],
		['nothing there', 'A', `absent.${ZONE}`, 'NXDOMAIN', []],
	];

for (const [section, type, name, rcode, data] of ROWS)
	test(`the specification, ${section}`, t => {
		const answer = dnsAnswer(SPECIFICATION, {name, type});
		t.deepEqual([answer.rcode, answer.answers.map(record => record.data).sort()], [rcode, [...data].sort()]);
	});

test('the specification, 2.3.2 and 2.4.2: the additional section', t => {
	t.deepEqual(told(SPECIFICATION, {name: `_https._tcp.kubernetes.${ZONE}`, type: 'SRV'}).glue, [`kubernetes.${ZONE} A 10.3.0.1`]);
	t.deepEqual(told(SPECIFICATION, {name: `_https._tcp.headless.${ZONE}`, type: 'SRV'}).glue, [
		`10-3-0-3.headless.${ZONE} A 10.3.0.3`,
		`my-pet-2.headless.${ZONE} A 10.3.0.101`,
		`my-pet.headless.${ZONE} A 10.3.0.100`,
	]);
});

test("a domain of the cluster's own", t => {
	t.deepEqual(
		told({...SPECIFICATION, zone: 'corp.example'}, {name: '_https._tcp.kubernetes.default.svc.corp.example', type: 'SRV'}).answers,
		['_https._tcp.kubernetes.default.svc.corp.example SRV 0 100 443 kubernetes.default.svc.corp.example'],
	);
});

test('of more than a hundred targets each has a weight of 1', t => {
	const many = slice({
		namespace: 'default',
		of: 'headless',
		ports: [{name: 'https', port: 443, protocol: 'TCP'}],
		endpoints: Array.from({length: 101}, (_, index) => endpoint(`10.3.1.${index}`)),
	});
	t.true(
		dnsAnswer({...SPECIFICATION, slices: [many]}, {name: `_https._tcp.headless.${ZONE}`, type: 'SRV'}).answers.every(({data}) =>
			data.startsWith('0 1 443 '),
		),
	);
});

for (const [what, question, message] of [
	[
		'a pod',
		{name: '10-3-0-3.default.pod.cluster.local', type: 'A'},
		/^Services do not say what 10-3-0-3\.default\.pod\.cluster\.local is$/,
	],
	['a namespace', {name: ZONE, type: 'A'}, /^Services do not say/],
	['a name outside the zone', {name: 'kubernetes.default.svc.corp.example', type: 'A'}, /^Services do not say/],
	[
		'an alias of a name outside the zone',
		{name: `foo.${ZONE}`, type: 'A'},
		/^foo\.default\.svc\.cluster\.local is an alias of www\.example\.com, which is not the cluster's to answer$/,
	],
	['an address that nobody has', {name: '9.9.9.9.in-addr.arpa', type: 'PTR'}, /^no Service or endpoint has the address/],
	['an endpoint that is not ready', {name: '4.0.3.10.in-addr.arpa', type: 'PTR'}, /^no Service or endpoint has the address/],
] as const)
	test(`Services do not decide about ${what}`, t =>
		t.throws(() => dnsAnswer(SPECIFICATION, question), {instanceOf: RangeError, message}) as never);
