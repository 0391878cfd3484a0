import test from 'ava';
import {endpoint, node, service, slice, state} from '../../fixtures/objects.ts';
import {parseIpvsadmSave} from '../../../facts/parse/ipvsadm-save.ts';
import {compare} from '../compare.ts';
import {parsedDump} from '../fixtures/ipvs-dumps.ts';
import {actualIpvs} from './actual.ts';
import {expectedIpvs} from './expected.ts';

const claimed = state({
	mode: 'ipvs',
	nodes: [node('node-1', ['192.168.0.2'])],
	services: [
		service({externalIPs: ['192.0.2.1']}),
		service({name: 'svc2', clusterIP: '172.30.0.42', externalIPs: ['192.0.2.1'], sessionAffinity: 'ClientIP'}),
	],
	slices: [slice({endpoints: [endpoint('10.0.1.1'), endpoint('10.0.1.2')]}), slice({of: 'svc2', endpoints: [endpoint('10.0.2.1')]})],
});

const told = (claim: string): readonly string[] => {
	const servers = `-A -t 172.30.0.41:80 -s rr\n-a -t 172.30.0.41:80 -r 10.0.1.1:80 -m -w 1\n-a -t 172.30.0.41:80 -r 10.0.1.2:80 -m -w 1\n-A -t 172.30.0.42:80 -s rr -p 10800\n-a -t 172.30.0.42:80 -r 10.0.2.1:80 -m -w 1\n${claim}`;
	const isServer = ([where]: readonly [string, unknown]): boolean => where.startsWith('ipvs ');
	const actual = actualIpvs({...parsedDump('', 'ipv4'), ipvs: parseIpvsadmSave(servers)}, 'ipv4');
	return compare(new Map([...expectedIpvs(claimed, 'node-1', 'ipv4')].filter(isServer)), new Map([...actual].filter(isServer))).map(
		({kind, where, text, about}) => `${kind} ${where} ${text} (${about})`,
	);
};

for (const [title, claim, expected] of [
	['the first', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.1.1:80 -m -w 1\n-a -t 192.0.2.1:80 -r 10.0.1.2:80 -m -w 1\n', []],
	['the second', '-A -t 192.0.2.1:80 -s rr -p 10800\n-a -t 192.0.2.1:80 -r 10.0.2.1:80 -m -w 1\n', []],
	['nobody', '', ['missing ipvs TCP 192.0.2.1:80 (whole set) (ns1/svc1:p80)']],
	[
		'the second, and something is wrong',
		'-A -t 192.0.2.1:80 -s rr -p 10800\n',
		['missing ipvs TCP 192.0.2.1:80 -r 10.0.2.1:80 -m -w 1 (ns1/svc2:p80)'],
	],
] as const)
	test(`of two Services that claim one address and port ${title} has it`, t => {
		t.deepEqual(told(claim), [...expected]);
	});
