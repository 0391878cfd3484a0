import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {parseNft} from '../../facts/parse/nft.ts';
import {actualNftables} from '../../model/rules/nftables/actual.ts';
import {stubShell} from '../../../test/stub-shell.ts';
import {skewedChoice} from '../skewed-choice.ts';
import {dispatch} from '../dispatch.ts';
import {refusal} from '../refusal.ts';
import {affinityLost} from '../affinity-lost.ts';
import {endpointRule} from '../endpoint-rule.ts';
import {dispatchWrongPort} from '../dispatch-wrong-port.ts';
import {hairpinMasquerade} from '../hairpin-masquerade.ts';
import {masqueradeMissing} from '../masquerade-missing.ts';
import {masqueradeStrangers} from '../masquerade-strangers.ts';
import {masqueraded} from '../masqueraded.ts';
import type {Edit} from './edit.ts';
import {writing, type Breach} from './rule-fault.ts';
import {elementRemoval, parseChains, parseElements, rewriting} from './nft-table.ts';

// As fixtures/iptables-save.txt, of a node in mode nftables.
const text = readFileSync(join(import.meta.dirname, 'fixtures', 'nft-table.txt'), 'utf8');
const chains = parseChains(text);
const elements = parseElements(text);
// The same as JSON.
const graph = actualNftables(parseNft(readFileSync(join(import.meta.dirname, 'fixtures', 'nft.json'), 'utf8')), 'ipv4');
const broken = (breach: Breach, namespace = 'fx'): readonly Edit[] => breach(graph, namespace);
const keys = (edits: readonly Edit[]): readonly string[] =>
	edits.map(edit => `${edit.where.split(' ').at(-1)} ${edit.kind === 'take' ? edit.part?.pieces[0] : edit.kind}`);
/** The input of nft, and that which takes it back. */
const inputs = async (edits: readonly Edit[]) => {
	const {inject, undo} = await writing(edits, {
		node: {name: 'worker-1', shell: stubShell({'nft list table ip kube-proxy': text})},
		family: 'ipv4',
		graph,
	});
	const [made, back] = [inject, undo].map(commands => commands.map(command => (command.kind === 'run' ? (command.stdin ?? '') : '')));
	return {made: made ?? [], back: back ?? []};
};
const rulesIn = (input: string | undefined): readonly string[] => [...(input ?? '').matchAll(/^\t\t(.+)$/gm)].map(([, rule = '']) => rule);

test('parseChains: all, with their rules', t => {
	t.is(chains.length, [...text.matchAll(/^\tchain /gm)].length);
	t.deepEqual(chains.find(({name}) => name === 'service-6KQCCTED-fx/plain/tcp/')?.rules, [
		'meta l4proto tcp dnat ip to numgen random mod 3 map { 0 : 10.244.1.2 . 8080, 1 : 10.244.2.3 . 8080, 2 : 10.244.3.2 . 8080 }',
	]);
	t.deepEqual(chains.find(({name}) => name === 'reject-chain')?.rules.at(-1), 'reject');
});

test('parseElements: of sets and maps, keys without what belongs to them', t => {
	t.deepEqual(
		elements.filter(({set}) => set === 'nodeport-ips'),
		[{table: 'ip kube-proxy', set: 'nodeport-ips', key: '172.18.0.11', text: '172.18.0.11'}],
	);
	t.deepEqual(
		elements.filter(({set}) => set === 'no-endpoint-services').map(({key}) => key),
		['10.96.35.129 . tcp . 80', '10.96.35.129 . udp . 81'],
	);
	t.is(elements.filter(({set}) => set === 'service-ips').length, 7);
});

for (const [fault, found, expected] of [
	[
		'dispatch',
		broken(dispatch),
		[
			'service-ips 10.96.113.39 . tcp . 80',
			'service-ips 10.96.128.242 . tcp . 80',
			'service-ips 10.96.128.242 . udp . 80',
			'service-nodeports tcp . 31001',
			'service-nodeports udp . 31001',
		],
	],
	[
		'refusal: the address too, which cluster-ips-check would refuse for',
		broken(refusal.nftables),
		['no-endpoint-services 10.96.35.129 . tcp . 80', 'no-endpoint-services 10.96.35.129 . udp . 81', 'cluster-ips 10.96.35.129'],
	],
	['another namespace', broken(dispatch, 'x'), []],
] as const)
	test(`found: ${fault}`, t => t.deepEqual(keys(found), expected));

test('endpoint-rule, skewed-choice: the rule that chooses, without its last branch, and with it leading elsewhere', async t => {
	// Of the two Services of fx that have endpoints, plain is the one without affinity.
	const plain = new Map([...graph].filter(([where]) => where.includes('fx/plain')));
	const rules = async (breach: Breach, of = plain) => rulesIn((await inputs(breach(of, 'fx'))).made[0]);
	t.deepEqual(await rules(endpointRule.nftables), [
		'meta l4proto tcp dnat to numgen random mod 3 map { 0 : 10.244.1.2 . 8080, 1 : 10.244.2.3 . 8080 }',
	]);
	t.deepEqual(await rules(skewedChoice.nftables), [
		'meta l4proto tcp dnat to numgen random mod 3 map { 0 : 10.244.1.2 . 8080, 1 : 10.244.2.3 . 8080, 2 : 10.244.1.2 . 8080 }',
	]);
	const sticky = new Map([...graph].filter(([where]) => where.includes('service-LWM52PQE')));
	const without = await rules(endpointRule.nftables, sticky);
	t.is(without.length, 4);
	t.true(without.at(-1)?.includes('numgen random mod 3 vmap { 0 : goto endpoint-'));
	t.regex(without.at(-1) ?? '', /, 1 : goto endpoint-[^,]+ \}$/);
	t.deepEqual(
		rulesIn((await inputs(endpointRule.nftables(sticky, 'fx'))).back[0]),
		chains.find(({name}) => name.startsWith('service-LWM52PQE'))?.rules,
	);
});

test('affinity-lost: the chains that remember clients', async t => {
	t.deepEqual(
		[...new Set(broken(affinityLost).map(({where}) => where.split(' ').at(-1)))],
		['service-I722PJ47-fx/echo/udp/udp', 'service-LWM52PQE-fx/echo/tcp/tcp'],
	);
	const {made} = await inputs(broken(affinityLost));
	t.deepEqual(
		made.map(input => rulesIn(input).map(rule => rule.includes('@affinity-'))),
		[[false], [false]],
	);
});

test('rewriting: one transaction, and back', t => {
	const {inject, undo} = rewriting('worker-1', {table: 'ip kube-proxy', name: 'service-A', rules: ['one', 'two']}, ['one']);
	t.like(inject[0], {stdin: 'flush chain ip kube-proxy service-A\ntable ip kube-proxy {\n\tchain service-A {\n\t\tone\n\t}\n}\n'});
	t.like(undo[0], {stdin: 'flush chain ip kube-proxy service-A\ntable ip kube-proxy {\n\tchain service-A {\n\t\tone\n\t\ttwo\n\t}\n}\n'});
});

test('the table of the other family', t => {
	const ipv6 = text.replace('table ip kube-proxy', 'table ip6 kube-proxy');
	t.true(
		elementRemoval('worker-1', parseElements(ipv6).slice(0, 1)).inject.every(
			command => command.kind === 'run' && command.stdin?.startsWith('delete element ip6 kube-proxy '),
		),
	);
	t.deepEqual([...new Set(parseChains(ipv6).map(({table}) => table))], ['ip6 kube-proxy']);
});

test('elementRemoval: by key, back with all that belongs to it', t => {
	const {inject, undo} = elementRemoval('worker-1', elements.filter(({set}) => set === 'no-endpoint-services').slice(0, 1));
	t.like(inject[0], {stdin: 'delete element ip kube-proxy no-endpoint-services { 10.96.35.129 . tcp . 80 }\n'});
	t.like(undo[0], {
		stdin: 'add element ip kube-proxy no-endpoint-services { 10.96.35.129 . tcp . 80 comment "fx/nobody:tcp" : goto reject-chain }\n',
	});
});

test('hairpin-masquerade, masquerade-missing: elements go, chains lose their mark', async t => {
	t.deepEqual(keys(broken(hairpinMasquerade.nftables)), [
		'hairpin-connections 10.244.1.2 . 10.244.1.2 . tcp . 8080',
		'hairpin-connections 10.244.1.2 . 10.244.1.2 . udp . 8081',
	]);
	const {made} = await inputs(broken(masqueradeMissing));
	t.deepEqual(
		made.map(input => rulesIn(input)),
		[['goto service-I722PJ47-fx/echo/udp/udp'], ['goto service-LWM52PQE-fx/echo/tcp/tcp']],
	);
});

test('masqueraded, masquerade-strangers, dispatch-wrong-port: a chain of all Services, changed and back', async t => {
	const all = await inputs(broken(masqueraded.nftables));
	t.deepEqual(
		rulesIn(all.made[0]).filter(rule => !rulesIn(all.back[0]).includes(rule)),
		['masquerade fully-random'],
	);
	const strangers = await inputs(broken(masqueradeStrangers.nftables));
	t.deepEqual(
		rulesIn(strangers.back[0]).filter(rule => !rulesIn(strangers.made[0]).includes(rule)),
		[
			'ip daddr @cluster-ips ip saddr != 10.244.0.0/16 meta mark set meta mark | 0x00004000 comment "masquerade clusterIP traffic from outside cluster"',
		],
	);
	const wrong = await inputs(broken(dispatchWrongPort.nftables));
	t.deepEqual(rulesIn(wrong.made[0]), ['tcp dport 81 goto service-6KQCCTED-fx/plain/tcp/', ...rulesIn(wrong.back[0])]);
});
