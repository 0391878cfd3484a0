import test from 'ava';
import type {Difference} from '../../model/rules/graph.ts';
import {listedDump} from './fixtures/live-injuries-nftables.ts';
import {untold, type Told} from './fixtures/live-injury.ts';

const told: Told = {
	kind: 'changed',
	where: 'nat KUBE-SERVICES',
	about: 'shop/web:http',
	words: ['--dport 80', '-j KUBE-SVC-A'],
	actual: ['--dport 81', '-j KUBE-SVC-A'],
};
const difference: Difference = {
	kind: 'changed',
	where: 'nat KUBE-SERVICES',
	role: 'dispatch',
	about: 'shop/web:http',
	text: '-p tcp --dport 80 -j KUBE-SVC-A',
	actual: '-p tcp --dport 81 -j KUBE-SVC-A',
};

for (const [title, change, expected] of [
	['all of it', {}, []],
	['another kind', {kind: 'missing'}, ['missing instead of changed']],
	['another place', {where: 'nat KUBE-NODEPORTS'}, ['nat KUBE-NODEPORTS instead of nat KUBE-SERVICES']],
	['another Service', {about: 'shop/web-2:http'}, ['shop/web-2:http instead of shop/web:http']],
	['a longer number', {text: '-p tcp --dport 8080 -j KUBE-SVC-A'}, ['--dport 80 is not in -p tcp --dport 8080 -j KUBE-SVC-A']],
	[
		'no change',
		{actual: difference.text},
		['--dport 81 is not in -p tcp --dport 80 -j KUBE-SVC-A', '--dport 80 is still in -p tcp --dport 80 -j KUBE-SVC-A'],
	],
] as const)
	test(`a difference tells ${title}`, t => t.deepEqual(untold({...difference, ...change}, told), [...expected]));

test('an injury that asks for nothing is an error', t => {
	t.throws(() => untold(difference, {...told, words: []}), {instanceOf: RangeError});
	t.throws(() => untold(difference, {...told, actual: told.words}), {instanceOf: RangeError});
});

test('rules of nft -a have their handles', t => {
	const {rules, elements} = listedDump(
		'table ip kube-proxy { # handle 3\n\tset cluster-ips { # handle 4\n\t\ttype ipv4_addr\n\t\telements = { 10.96.0.1 }\n\t}\n\n\tchain services { # handle 7\n\t\tip saddr 10.0.0.1 accept # handle 12\n\t\taccept comment "x # handle" # handle 13\n\t}\n\n\tchain nat-output { # handle 8\n\t\ttype nat hook output priority -100; policy accept;\n\t\tjump services # handle 14\n\t}\n}\n',
		'shop',
	);
	t.deepEqual(
		rules.map(({chain, text, handle}) => [chain, text, handle]),
		[
			['services', 'ip saddr 10.0.0.1 accept', '12'],
			['services', 'accept comment "x # handle"', '13'],
			['nat-output', 'jump services', '14'],
		],
	);
	t.deepEqual(
		elements.map(({set, key}) => [set, key]),
		[['cluster-ips', '10.96.0.1']],
	);
});
