import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {programmedByIptables, programmedByNftables} from './programmed-rules.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

/** Recorded on nodes of two clusters with the same Services: web (NodePort, affinity, two ports), web-2 (a port without a name), nobody (no endpoints). */
for (const {mode, text, read, web, other} of [
	{
		mode: 'iptables', text: fixture('iptables-save.txt'), read: programmedByIptables,
		web: ['dns/udp 10.244.2.2:8081', 'dns/udp 10.244.3.2:8081', 'http/tcp 10.244.2.2:8080', 'http/tcp 10.244.3.2:8080'], other: ['/tcp 10.244.2.2:8080', '/tcp 10.244.3.2:8080'],
	},
	{
		mode: 'nftables', text: fixture('nft-list-table.txt'), read: programmedByNftables,
		web: ['dns/udp 10.244.1.3:8081', 'dns/udp 10.244.1.4:8081', 'http/tcp 10.244.1.3:8080', 'http/tcp 10.244.1.4:8080'], other: ['/tcp 10.244.1.3:8080', '/tcp 10.244.1.4:8080'],
	},
]) {
	const sorted = (name: string, rules = text): readonly string[] => [...read(rules, `shop/${name}`)].toSorted();
	test(`${mode}: every endpoint of every port, and of no other Service`, t => {
		t.deepEqual(sorted('web'), web);
		t.deepEqual(sorted('web-2'), other);
	});
	test(`${mode}: ports that refuse`, t => {
		t.deepEqual(sorted('nobody'), ['tcp/tcp none', 'udp/udp none']);
	});
	test(`${mode}: a Service that is not there`, t => {
		t.deepEqual(sorted('we'), []);
		t.deepEqual([...read('', 'shop/web')], []);
	});
	test(`${mode}: an endpoint of a Service without affinity that is not drawn is missing`, t => {
		const gone = other[1]?.split(' ')[1] as string;
		const cut = text.replaceAll(`, 1 : ${gone.replace(':', ' . ')}`, '').split('\n').filter(line => !line.includes(`--to-destination ${gone}`)).join('\n');
		t.deepEqual(sorted('web-2', cut), other.slice(0, 1));
	});
	test(`${mode}: an endpoint without its rule is missing`, t => {
		const gone = web[3]?.split(' ')[1] as string;
		const cut = text.split('\n').filter(line => !(line.includes(`--to-destination ${gone}`) || line.endsWith(`dnat to ${gone}`))).join('\n');
		t.deepEqual(sorted('web', cut), web.filter(one => !one.endsWith(gone)));
	});
}
