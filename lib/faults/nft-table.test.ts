import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {skewed} from './m3-skewed-choice.ts';
import {dispatchElements} from './m4-dispatch.ts';
import {refusingElements} from './m24-refusal.ts';
import {withoutAffinity} from './m26-affinity.ts';
import {withoutLastBranch} from './m2-endpoint-rule.ts';
import {elementRemoval, parseChains, parseElements, rewriting} from './nft-table.ts';

// As fixtures/iptables-save.txt, of a node in mode nftables.
const text = readFileSync(join(import.meta.dirname, 'fixtures', 'nft-table.txt'), 'utf8');
const chains = parseChains(text);
const elements = parseElements(text);

test('parseChains: all, with their rules', t => {
	t.is(chains.length, [...text.matchAll(/^\tchain /gm)].length);
	t.deepEqual(chains.find(({name}) => name === 'service-6KQCCTED-fx/plain/tcp/')?.rules, ['meta l4proto tcp dnat ip to numgen random mod 3 map { 0 : 10.244.1.2 . 8080, 1 : 10.244.2.3 . 8080, 2 : 10.244.3.2 . 8080 }']);
	t.deepEqual(chains.find(({name}) => name === 'reject-chain')?.rules.at(-1), 'reject');
});

test('parseElements: of sets and maps, keys without what belongs to them', t => {
	t.deepEqual(elements.filter(({set}) => set === 'nodeport-ips'), [{table: 'ip kube-proxy', set: 'nodeport-ips', key: '172.18.0.11', text: '172.18.0.11'}]);
	t.deepEqual(elements.filter(({set}) => set === 'no-endpoint-services').map(({key}) => key), ['10.96.35.129 . tcp . 80', '10.96.35.129 . udp . 81']);
	t.is(elements.filter(({set}) => set === 'service-ips').length, 7);
});

for (const [fault, found, expected] of [
	['M4', dispatchElements(elements, 'fx'), ['service-ips 10.96.113.39 . tcp . 80', 'service-ips 10.96.128.242 . tcp . 80', 'service-ips 10.96.128.242 . udp . 80', 'service-nodeports tcp . 31001', 'service-nodeports udp . 31001']],
	['M24: the address too, which cluster-ips-check would refuse for', refusingElements(elements, 'fx'), ['no-endpoint-services 10.96.35.129 . tcp . 80', 'no-endpoint-services 10.96.35.129 . udp . 81', 'cluster-ips 10.96.35.129']],
	['another namespace', dispatchElements(elements, 'x'), []],
] as const) test(`found: ${fault}`, t => t.deepEqual(found.map(({set, key}) => `${set} ${key}`), expected));

test('M2, M3: the rule that chooses, without its last branch, and with it leading elsewhere', t => {
	const plain = chains.filter(({name}) => name.includes('fx/plain'));
	t.deepEqual(withoutLastBranch(plain, 'fx').rules, ['meta l4proto tcp dnat ip to numgen random mod 3 map { 0 : 10.244.1.2 . 8080, 1 : 10.244.2.3 . 8080 }']);
	t.deepEqual(skewed(plain, 'fx').rules, ['meta l4proto tcp dnat ip to numgen random mod 3 map { 0 : 10.244.1.2 . 8080, 1 : 10.244.2.3 . 8080, 2 : 10.244.1.2 . 8080 }']);
	const sticky = chains.filter(({name}) => name.startsWith('service-LWM52PQE'));
	t.is(withoutLastBranch(sticky, 'fx').rules.length, 4);
	t.true(withoutLastBranch(sticky, 'fx').rules.at(-1)?.endsWith('1 : goto endpoint-2IKXNLLY-fx/echo/tcp/tcp__10.244.2.3/8080 }'));
});

test('M26: the chains that remember clients', t => {
	t.deepEqual(withoutAffinity(chains, 'fx').map(({chain}) => chain.name), ['service-I722PJ47-fx/echo/udp/udp', 'service-LWM52PQE-fx/echo/tcp/tcp']);
});

test('rewriting: one transaction, and back', t => {
	const {inject, undo} = rewriting('worker-1', {table: 'ip kube-proxy', name: 'service-A', rules: ['one', 'two']}, ['one']);
	t.like(inject[0], {stdin: 'flush chain ip kube-proxy service-A\ntable ip kube-proxy {\n\tchain service-A {\n\t\tone\n\t}\n}\n'});
	t.like(undo[0], {stdin: 'flush chain ip kube-proxy service-A\ntable ip kube-proxy {\n\tchain service-A {\n\t\tone\n\t\ttwo\n\t}\n}\n'});
});

test('the table of the other family', t => {
	const ipv6 = text.replace('table ip kube-proxy', 'table ip6 kube-proxy');
	t.true(elementRemoval('worker-1', parseElements(ipv6).slice(0, 1)).inject.every(command => command.kind === 'run' && command.stdin?.startsWith('delete element ip6 kube-proxy ')));
	t.deepEqual([...new Set(parseChains(ipv6).map(({table}) => table))], ['ip6 kube-proxy']);
});

test('elementRemoval: by key, back with all that belongs to it', t => {
	const {inject, undo} = elementRemoval('worker-1', refusingElements(elements, 'fx').slice(0, 1));
	t.like(inject[0], {stdin: 'delete element ip kube-proxy no-endpoint-services { 10.96.35.129 . tcp . 80 }\n'});
	t.like(undo[0], {stdin: 'add element ip kube-proxy no-endpoint-services { 10.96.35.129 . tcp . 80 comment "fx/nobody:tcp" : goto reject-chain }\n'});
});
