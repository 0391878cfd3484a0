import test from 'ava';
import {parseNft} from '../../../facts/parse/nft.ts';
import {compare} from '../compare.ts';
import {NFTABLES_INJURIES_1_35} from '../fixtures/nftables-injuries-1.35.ts';
import {recordedDump, recordedState} from '../fixtures/recorded.ts';
import {actualNftables} from './actual.ts';
import {expectedNftables} from './expected.ts';

const NODE = 'worker-1';
const state = recordedState('nftables-1.35');
const dump = recordedDump('nftables-1.35', NODE);

for (const family of ['ipv4', 'ipv6'] as const) {
	const expected = expectedNftables(state, NODE, family);
	test(`the ruleset is what is expected: ${family}`, t => {
		const parsed = parseNft(dump);
		t.deepEqual(parsed.remainder, []);
		t.true(expected.size > 150);
		t.deepEqual(compare(expected, actualNftables(parsed, family)), []);
	});

	test(`the ruleset is not what 1.36 makes: ${family}`, t => {
		t.true(compare(expectedNftables({...state, minor: 36}, NODE, family), actualNftables(parseNft(dump), family)).length > 100);
	});
}

const injured = expectedNftables(state, NODE, 'ipv4');
for (const {title, injure, difference} of NFTABLES_INJURIES_1_35) {
	test(`injury: ${title}`, t => {
		t.deepEqual(compare(injured, actualNftables(parseNft(injure(dump)), 'ipv4')), [difference]);
	});
}
