import test from 'ava';
import {parseMetrics} from '../facts/parse/metrics.ts';
import {allSyncs, fullSyncs, meanMs} from './sync-times.ts';

const metrics = (lines: readonly string[]) => parseMetrics(lines.map(line => `kubeproxy_sync_${line}\n`).join(''));
const plain = metrics(['proxy_rules_duration_seconds_sum 6', 'proxy_rules_duration_seconds_count 3']);
const told = metrics([
	'proxy_rules_duration_seconds_sum{ip_family="IPv4"} 6',
	'proxy_rules_duration_seconds_count{ip_family="IPv4"} 3',
	'proxy_rules_duration_seconds_sum{ip_family="IPv6"} 1',
	'proxy_rules_duration_seconds_count{ip_family="IPv6"} 1',
	'full_proxy_rules_duration_seconds_sum{ip_family="IPv4"} 5',
	'full_proxy_rules_duration_seconds_count{ip_family="IPv4"} 1',
]);

test('syncs of a family, of all rules where they are told apart', t => {
	t.deepEqual(allSyncs(told, 'ipv4'), {count: 3, seconds: 6});
	t.deepEqual(allSyncs(told, 'ipv6'), {count: 1, seconds: 1});
	t.deepEqual(fullSyncs(told, 'ipv4'), {count: 1, seconds: 5});
	t.deepEqual(fullSyncs(told, 'ipv6'), {count: 1, seconds: 1});
	t.deepEqual(allSyncs(plain, 'ipv6'), {count: 3, seconds: 6});
	t.deepEqual(fullSyncs(plain, 'ipv4'), {count: 3, seconds: 6});
});

test('the time of one, since then', t => {
	t.is(meanMs({count: 3, seconds: 6}), 2000);
	t.is(meanMs({count: 3, seconds: 6}, {count: 2, seconds: 5.75}), 250);
	t.is(meanMs({count: 3, seconds: 6}, {count: 3, seconds: 6}), undefined);
});
