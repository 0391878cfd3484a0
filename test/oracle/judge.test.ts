import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Mode} from '../../lib/target.ts';
import type {Case} from './case.ts';
import {judge} from './judge.ts';
import type {Files} from './modes.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

/** A random case, and what kube-proxy 1.36.3 made of it in each mode (.ci/oracle.ts). */
const one = JSON.parse(read('case.json')) as Case;
const FILES: Readonly<Partial<Record<Mode, Files>>> = {
	iptables: {iptables: read('iptables.txt'), ip6tables: read('ip6tables.txt')},
	nftables: {nft: read('nft.json')},
};
const PACKETS = 200;

const judged = (mode: Mode, files = FILES[mode] ?? {}, given = one) => judge(given, {mode, minor: 36}, files, PACKETS);

for (const mode of ['iptables', 'nftables'] as const) {
	test(`${mode}: what kube-proxy made is what the model expects`, t => {
		const {differences, parts, packets} = judged(mode);
		t.deepEqual(differences, []);
		t.true(parts > 100, `${parts}`);
		t.true(packets > 1.8 * PACKETS && packets <= 2 * PACKETS, `${packets}`);
	});

	test(`${mode}: another Service is seen in the rules and by packets`, t => {
		const [first, ...rest] = one.services;
		const {differences} = judged(mode, undefined, {
			...one,
			services: [
				{
					...first,
					spec: {...first?.spec, internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Cluster', sessionAffinity: 'None'},
				},
				...rest,
			],
		});
		t.true(
			differences.some(line => /^ipv[46] (?:missing|foreign|changed|misplaced): /.test(line)),
			differences.join('\n'),
		);
		t.true(
			differences.some(line => line.includes('"destination"')),
			differences.join('\n'),
		);
	});
}

test('a rule that nobody understands is told', t => {
	const text = (FILES.iptables?.['iptables'] ?? '').replace('-A KUBE-MARK-MASQ ', '-A KUBE-MARK-MASQ "');
	t.true(judged('iptables', {...FILES.iptables, iptables: text}).differences.some(line => line.startsWith('not understood: ')));
});

test('a file that is missing, and a mode that is not modelled, are errors', t => {
	t.throws(() => judged('iptables', {iptables: ''}), {instanceOf: RangeError, message: /no file ip6tables: there are iptables/});
});
