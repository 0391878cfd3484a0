import test from 'ava';
import {parseNft} from '../gather/parse/nft.ts';
import {recordedDump} from '../model/rules/fixtures/recorded.ts';
import {base, dumpOf, rulesetOf} from './fixtures/small.ts';
import {podNetworksOf} from './pod-networks.ts';

const match = (field: string, op: string, address: string, length: number) => ({match: {op, left: {payload: {protocol: 'ip', field}}, right: {prefix: {addr: address, len: length}}}});
const MASQUERADE = {masquerade: null};
const nftOf = (...statements: readonly object[]) => podNetworksOf({nft: rulesetOf({'ip cni': [base('post', 'nat', 'postrouting', 100), {rule: ['post', ...statements]}]})});

test('of a recorded node: the rule of its CNI, none of kube-proxy\'s', t => {
	t.deepEqual(podNetworksOf({nft: parseNft(recordedDump('nftables', 'worker-1'))}), ['10.244.0.0/16']);
});

test('nft: what comes from a network and does not go there', t => {
	t.deepEqual(nftOf(match('saddr', '==', '10.0.0.0', 8), match('daddr', '!=', '10.0.0.0', 8), MASQUERADE), ['10.0.0.0/8']);
	t.deepEqual(nftOf(match('saddr', '==', '10.0.0.0', 8), match('daddr', '!=', '10.0.0.0', 9), MASQUERADE), []);
	t.deepEqual(nftOf(match('saddr', '==', '10.0.0.0', 8), MASQUERADE), []);
	t.deepEqual(nftOf(match('saddr', '==', '10.0.0.0', 8), match('daddr', '!=', '10.0.0.0', 8), {accept: null}), []);
});

test('iptables: the same, of both families, each once', t => {
	const iptables = dumpOf({nat: ['-A POSTROUTING -j CNI', '-A CNI -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE', '-A CNI -s 10.244.0.0/16 ! -d 10.244.0.0/16 -o eth0 -j MASQUERADE --random-fully']});
	const ip6tables = dumpOf({nat: ['-A POSTROUTING -s fd00:10::/64 ! -d fd00:10:0::/64 -j MASQUERADE', '-A POSTROUTING -s fd00:11::/64 -j MASQUERADE']}, [], 'ipv6');
	t.deepEqual(podNetworksOf({iptables, ip6tables}), ['10.244.0.0/16', 'fd00:10::/64']);
	t.deepEqual(podNetworksOf({}), []);
});
