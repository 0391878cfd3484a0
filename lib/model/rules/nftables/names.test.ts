import test from 'ava';
import {kept, servicePort} from '../../fixtures/objects.ts';
import {aboutName, nftNames} from './names.ts';

// Test_servicePortChainNameBase and Test_servicePortEndpointChainNameBase of pkg/proxy/nftables/proxier_test.go.
const LONG = {
	namespace: 'very-long-namespace-name-abcdefghijklmnopqrstuvwxyz0123456789xx',
	service: 'very-long-service-name-why-would-you-even-do-this-i-mean-really',
	portName: 'port-443-providing-the-hypertext-transmission-protocol-with-tls',
	protocol: 'SCTP',
} as const;
const PATH = `${LONG.namespace}/${LONG.service}/sctp/${LONG.portName}`;
const http = servicePort({namespace: 'testing', service: 'service', portName: 'http'});

test('names of chains are those of kube-proxy', t => {
	const {cluster, local, external, firewall} = nftNames(http);
	t.deepEqual(
		[cluster, local, external, firewall],
		['service', 'local', 'external', 'firewall'].map(kind => `${kind}-P4ZYZVCF-testing/service/tcp/http`),
	);
	t.is(nftNames(servicePort(LONG)).cluster, `service-KR6NACJP-${PATH}`);
});

for (const [port, endpoint, base] of [
	[http, kept('10.180.0.1'), 'JO2XBXZR-testing/service/tcp/http__10.180.0.1/80'],
	[http, kept('fd80:abcd:12::a1b2:c3d4:e5f6:9999'), 'U7E2ET36-testing/service/tcp/http__fd80.abcd.12..a1b2.c3d4.e5f6.9999/80'],
	[servicePort(LONG), kept('1234:5678:9abc:def0::abc:1234', {port: 443}), `5YS7AFEA-${PATH}__1234.5678.9abc.def0..abc.1234/443`],
	[servicePort(LONG), kept('1234:5678:9abc:def0::abcd:1234:5678', {port: 443}), `CI6C53Q3-${PATH}__1234.5678.9abc.def0..abcd.1234...`],
	[servicePort(LONG), kept('1234:5678:9abc:def0::abcd:1234:8765', {port: 443}), `2FLXFK6X-${PATH}__1234.5678.9abc.def0..abcd.1234...`],
] as const)
	test(`names of ${endpoint.ip} of ${port.service} are those of kube-proxy`, t => {
		t.deepEqual([nftNames(port).endpoint(endpoint), nftNames(port).affinity(endpoint)], [`endpoint-${base}`, `affinity-${base}`]);
	});

for (const [name, about] of [
	['service-WQD7W5U3-shop/plain/tcp/', 'shop/plain'],
	['external-I45RXSFW-shop/np-local/udp/dns', 'shop/np-local:dns'],
	['endpoint-T64A5JLW-shop/sticky-short/tcp/a__10.244.2.3/8080', 'shop/sticky-short:a'],
	['affinity-T64A5JLW-shop/sticky/tcp/__10.244.2.3/8080', 'shop/sticky'],
	['services', undefined],
	['service-endpoints-check', undefined],
] as const)
	test(`${name} belongs to ${about ?? 'no Service'}`, t => {
		t.is(aboutName(name), about);
	});
