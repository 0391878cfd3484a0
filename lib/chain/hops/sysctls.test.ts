import test from 'ava';
import {dumpedCase} from '../../model/rules/fixtures/ipvs-dumps.ts';
import {recordedState} from '../../model/rules/fixtures/recorded.ts';
import {ipvsFacts, TEXTS} from '../../model/rules/fixtures/ipvs-node.ts';
import {differencesOn} from '../differences.ts';
import {sysctlsHop} from './sysctls.ts';

const {state: cluster, node} = dumpedCase('1.36-ranges');
const nodeWith = (sysctls: string) =>
	({
		name: node,
		ip: '192.168.0.2',
		suspected: true,
		facts: ipvsFacts({sysctls}),
		state: {ok: true, value: cluster, source: 'there'},
	}) as const;

for (const [title, sysctls, expected] of [
	['as kube-proxy of ipvs mode sets them', TEXTS.sysctls, undefined],
	[
		'connections are not tracked',
		TEXTS.sysctls.replace('conntrack = 1', 'conntrack = 0'),
		`net.ipv4.vs.conntrack is 0 on ${node}, not 1 as kube-proxy sets it`,
	],
	[
		'nothing is forwarded',
		TEXTS.sysctls.replace('ip_forward = 1', 'ip_forward = 0'),
		`net.ipv4.ip_forward is 0 on ${node}: it forwards nothing to or from its pods`,
	],
] as const)
	test(`settings: ${title}; the rules say nothing of them`, t => {
		const there = nodeWith(sysctls);
		const {state, finding} = sysctlsHop({family: 'ipv4', nodes: [there]});
		t.deepEqual([state, finding], expected === undefined ? ['ok', undefined] : ['broken', expected]);
		const rules = differencesOn(there, {namespace: 'shop', family: 'ipv4'});
		t.deepEqual(rules.ok && rules.value, {own: [], shared: []});
	});

for (const [mode, value, expected] of [
	['iptables', 0, 'net.ipv4.conf.all.route_localnet is 0 on worker-1: node ports on 127.0.0.1 lead nowhere'],
	['iptables', 1, undefined],
	// It has none there.
	['nftables', 0, undefined],
] as const)
	test(`settings: route_localnet ${value} in mode ${mode}`, t => {
		const sysctls = `net.ipv4.conf.all.route_localnet = ${value}\n`;
		const there = {...nodeWith(sysctls), name: 'worker-1', state: {ok: true, value: recordedState(mode), source: 'there'}} as const;
		t.is(sysctlsHop({family: 'ipv4', nodes: [there]}).finding, expected);
	});
