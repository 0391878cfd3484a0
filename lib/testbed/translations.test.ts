import test from 'ava';
import {parseConntrack} from '../facts/parse/conntrack.ts';
import {ledAstray, translationsOf, type Translations} from './translations.ts';

const VIP = {ip: '10.96.0.7', port: 80};
const entry = (port: number, backend: string, more = 'ESTABLISHED', to = VIP): string =>
	`tcp      6 86300 ${more} src=10.244.1.2 dst=${to.ip} sport=${port} dport=${to.port} ` +
	`src=${backend} dst=10.244.1.2 sport=8080 dport=${port} [ASSURED] mark=0 use=1`;
const of = (...lines: readonly string[]): Translations => translationsOf(parseConntrack(lines.join('\n')).entries, [VIP]);

test('connections to the ways in that are asked for, of TCP alone', t => {
	const found = of(
		entry(4711, '10.244.2.3'),
		entry(4712, '10.244.3.3', 'CLOSE'),
		entry(4713, '10.244.2.9', 'ESTABLISHED', {ip: '10.96.0.8', port: 80}),
		entry(4714, '10.244.2.9', 'ESTABLISHED', {ip: '10.96.0.7', port: 81}),
		'udp      17 20 src=10.244.1.2 dst=10.96.0.7 sport=4715 dport=80 src=10.244.2.3 dst=10.244.1.2 sport=8080 dport=4715 mark=0 use=1',
	);
	t.deepEqual(
		[...found],
		[
			['10.244.1.2:4711 → 10.96.0.7:80', '10.244.2.3:8080'],
			['10.244.1.2:4712 → 10.96.0.7:80', '10.244.3.3:8080'],
		],
	);
});

test('the addresses of IPv6 however they are spelled', t => {
	const text =
		'tcp      6 86300 ESTABLISHED src=fd00:10:244:0:0:0:0:2 dst=fd00:10:96:0:0:0:0:7 sport=4711 dport=80 ' +
		'src=fd00:10:244:0:0:0:0:3 dst=fd00:10:244:0:0:0:0:2 sport=8080 dport=4711 [ASSURED] mark=0 use=1';
	t.deepEqual(
		[...translationsOf(parseConntrack(text).entries, [{ip: 'fd00:10:96::7', port: 80}])],
		[['[fd00:10:244::2]:4711 → [fd00:10:96::7]:80', '[fd00:10:244::3]:8080']],
	);
});

const before = of(entry(4711, '10.244.2.3'), entry(4712, '10.244.3.3'));

const gone = of(entry(4711, '10.244.2.3'));

for (const [name, now, lost, expected] of [
	['as before', before, {outcome: 'reset', sinceMs: 100}, undefined],
	[
		'reset by its backend: the entry is on its way out',
		of(entry(4711, '10.244.2.3', 'CLOSE'), entry(4712, '10.244.3.3')),
		{outcome: 'reset', sinceMs: 100},
		undefined,
	],
	['reset, and since long enough for the entry to go', gone, {outcome: 'reset', sinceMs: 10_000}, undefined],
	[
		'reset, and the entry is gone at once',
		gone,
		{outcome: 'reset', sinceMs: 9_000},
		'its kernel has forgotten 10.244.1.2:4712 → 10.96.0.7:80',
	],
	[
		'silent, and the entry is gone',
		gone,
		{outcome: 'timeout', sinceMs: 15_000},
		'its kernel has forgotten 10.244.1.2:4712 → 10.96.0.7:80',
	],
	[
		'led to another backend',
		of(entry(4711, '10.244.3.3', 'CLOSE'), entry(4712, '10.244.3.3')),
		{outcome: 'reset', sinceMs: 20_000},
		'its kernel leads 10.244.1.2:4711 → 10.96.0.7:80 to 10.244.3.3:8080, no longer to 10.244.2.3:8080',
	],
	[
		'more than there were',
		of(entry(4711, '10.244.2.3'), entry(4712, '10.244.3.3'), entry(4713, '10.244.3.3')),
		{outcome: 'timeout', sinceMs: 15_000},
		undefined,
	],
] as const)
	test(`what explains a lost connection: ${name}`, t => {
		t.is(ledAstray(before, now, lost), expected);
	});
