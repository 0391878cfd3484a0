import test from 'ava';
import {endpointLabel, questionsAbout, reverseName} from './dns-names.ts';
import {service} from './fixtures/objects.ts';

for (const [ip, hostname, label] of [
	['10.244.1.3', undefined, '10-244-1-3'],
	['10.244.1.3', '', '10-244-1-3'],
	['10.244.1.3', 'db-0', 'db-0'],
	['fd00::3', undefined, 'fd00--3'],
	['2001:db8::', undefined, '2001-db8--0'],
] as const) {
	test(`the label of ${ip}, hostname ${hostname}`, t => t.is(endpointLabel(ip, hostname), label));
}

test('names that lead back', t => {
	t.is(reverseName('10.3.0.1'), '1.0.3.10.in-addr.arpa');
	t.is(reverseName('2001:db8::567:89ab'), 'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa');
});

for (const [title, wish, expected] of [
	[
		'its address and its named ports',
		{ports: [{name: 'http', port: 80}, {port: 81}, {name: 'dns', port: 53, protocol: 'UDP'}]},
		['AAAA svc1.ns1.svc.cluster.local', 'SRV _http._tcp.svc1.ns1.svc.cluster.local', 'SRV _dns._udp.svc1.ns1.svc.cluster.local'],
	],
	['an alias', {type: 'ExternalName', externalName: 'example.org'}, ['CNAME svc1.ns1.svc.cluster.local']],
] as const)
	test(`what clients ask about a Service: ${title}`, t => {
		t.deepEqual(
			questionsAbout(
				service({...wish, ...('ports' in wish && {ports: [...wish.ports]})} as Parameters<typeof service>[0]),
				'ipv6',
			).map(({type, name}) => `${type} ${name}`),
			[...expected],
		);
	});
