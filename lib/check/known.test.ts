import test from 'ava';
import {knownDefect, KNOWN, type KnownDefect} from './known.ts';

const defect = (more: Partial<KnownDefect> = {}): KnownDefect => ({
	id: 'x',
	issue: 'https://example.org/1',
	what: 'it goes wrong',
	checks: ['udp/zero'],
	...more,
});

for (const [name, more, version, id, expected] of [
	['no limits', {}, '1.36.3', 'udp/zero', true],
	['another check', {}, '1.36.3', 'udp/echo', false],
	['a row of the check', {}, '1.36.3', 'udp/zero/NodePort@ipv6', true],
	['another row', {checks: ['udp/zero/NodePort']}, '1.36.3', 'udp/zero/ClusterIP', false],
	['before it was mended', {before: '1.37.0'}, 'v1.36.9', 'udp/zero', true],
	['where it was mended', {before: '1.37.0'}, '1.37.0', 'udp/zero', false],
	['in ten more minors', {before: '1.9.0'}, '1.36.3', 'udp/zero', false],
	['before it came', {from: '1.36.2'}, '1.36.1', 'udp/zero', false],
	['where it came', {from: '1.36.2'}, '1.36.2', 'udp/zero', true],
	['its mode', {modes: ['iptables']}, '1.36.3', 'udp/zero', true],
	['another mode', {modes: ['ipvs']}, '1.36.3', 'udp/zero', false],
	['another family', {families: ['ipv6']}, '1.36.3', 'udp/zero@ipv4', false],
	['its family', {families: ['ipv6']}, '1.36.3', 'udp/zero@ipv6', true],
] as const)
	test(`known defect: ${name}`, t => {
		t.is(knownDefect({mode: 'iptables', version}, id, undefined, [defect(more)])?.id, expected ? 'x' : undefined);
	});

for (const [what, findings, expected] of [
	['the walk says so', ['ip_vs of worker-1 takes what 10.244.1.5:8080 answers'], true],
	['the walk says something else', ['the conntrack table of worker-1 is full'], false],
	['something else is broken too', ['kube-proxy on worker-1 hangs', 'ip_vs of worker-1 takes what 10.244.1.5:8080 answers'], false],
	['nothing is broken', [], false],
] as const)
	test(`a defect that the walk tells: ${what}`, t => {
		const hop = (finding: string) => ({name: 'a hop', layer: 'conntrack', state: 'broken', finding, evidence: []}) as const;
		const chain = [{...hop(''), state: 'ok'} as const, ...findings.map(hop)];
		const told = [defect({checks: ['*'], told: /^ip_vs of \S+ takes what /})];
		t.is(knownDefect({mode: 'ipvs', version: '1.37.2'}, 'nodeport/every-node', {chain}, told)?.id, expected ? 'x' : undefined);
		t.is(knownDefect({mode: 'ipvs', version: '1.37.2'}, 'nodeport/every-node', undefined, told), undefined);
	});

test('the defects of kube-proxy 1.36 and what is left of them later', t => {
	const ids = (version: string, check: string): string | undefined => knownDefect({mode: 'nftables', version}, check)?.id;
	t.is(ids('1.36.3', 'udp/conntrack-zero/ClusterIP'), 'udp-entries-survive-zero');
	t.is(ids('1.36.3', 'udp/conntrack-zero/NodePort'), 'udp-entries-survive-zero');
	t.is(ids('1.37.0', 'udp/conntrack-zero/ClusterIP'), undefined);
	t.is(ids('1.37.0', 'udp/conntrack-zero/NodePort'), 'udp-entries-survive-zero-node-port');
	t.is(ids('1.37.4', 'udp/service-delete'), 'udp-entries-survive-service');
	t.is(ids('1.38.0', 'udp/service-delete'), undefined);
	t.is(ids('1.36.3', 'proxy/upgrade/rules@ipv6'), 'nft-mark-chain-stays');
	t.is(ids('1.36.3', 'proxy/upgrade/connections'), undefined);
	t.is(ids('1.37.2', 'proxy/upgrade/rules'), undefined);
	t.is(new Set(KNOWN.map(({id}) => id)).size, KNOWN.length);
});
