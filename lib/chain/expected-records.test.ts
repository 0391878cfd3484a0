import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import test from 'ava';
import type {IpFamily} from '../target.ts';
import {expectedRecords} from './expected-records.ts';

const service = (spec: V1Service['spec']): V1Service => ({metadata: {name: 'web', namespace: 'shop'}, spec: {ports: [{name: 'http', port: 80}, {port: 81}], ...spec} as NonNullable<V1Service['spec']>});
const slice = (addressType: string, addresses: ReadonlyArray<readonly [ip: string, ready: boolean, hostname?: string]>, ports: V1EndpointSlice['ports'] = [{name: 'http', port: 8080}]): V1EndpointSlice => ({
	addressType, metadata: {name: `web-${addressType}`, namespace: 'shop', labels: {'kubernetes.io/service-name': 'web'}},
	endpoints: addresses.map(([ip, ready, hostname]) => ({addresses: [ip], conditions: {ready}, ...(hostname !== undefined && {hostname})})), ports,
});
const both = [slice('IPv4', [['10.244.1.3', true], ['10.244.1.4', true, 'db-0'], ['10.244.1.5', false]]), slice('IPv6', [['fd00::3', true]])];
const N = 'web.shop.svc.cluster.local';

const CASES: ReadonlyArray<readonly [title: string, spec: V1Service['spec'], family: IpFamily, expected: readonly (readonly [name: string, type: string, ...data: string[]])[]]> = [
	['a cluster address', {clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9']}, 'ipv4', [[N, 'A', '10.96.0.9'], [`_http._tcp.${N}`, 'SRV', `0 100 80 ${N}`]]],
	['the cluster address of a family', {clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', 'fd00:96::9']}, 'ipv6', [[N, 'AAAA', 'fd00:96::9'], [`_http._tcp.${N}`, 'SRV', `0 100 80 ${N}`]]],
	['headless: the ready ones', {clusterIP: 'None'}, 'ipv4', [[N, 'A', '10.244.1.3', '10.244.1.4'], [`_http._tcp.${N}`, 'SRV', `0 50 8080 10-244-1-3.${N}`, `0 50 8080 db-0.${N}`]]],
	['headless: all', {clusterIP: 'None', publishNotReadyAddresses: true}, 'ipv4', [[N, 'A', '10.244.1.3', '10.244.1.4', '10.244.1.5'], [`_http._tcp.${N}`, 'SRV', `0 33 8080 10-244-1-3.${N}`, `0 33 8080 db-0.${N}`, `0 33 8080 10-244-1-5.${N}`]]],
	['headless of the other family', {clusterIP: 'None'}, 'ipv6', [[N, 'AAAA', 'fd00::3'], [`_http._tcp.${N}`, 'SRV', `0 100 8080 fd00--3.${N}`]]],
	['an alias', {type: 'ExternalName', externalName: 'example.org'}, 'ipv4', []],
];

for (const [title, spec, family, expected] of CASES) test(`records of ${title}`, t => {
	t.deepEqual(expectedRecords(service(spec), both, family, 'cluster.local').map(({name, type, answers}) => [name, type, ...answers.map(answer => answer.data)]), expected.map(each => [...each]));
});
