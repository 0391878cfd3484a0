import test from 'ava';
import type {Mode, NodeKernel} from '../../lib/target.ts';
import {chooseKernel, hasDearCalls, type Ipvs} from './node-kernel.ts';

type Row = {
	readonly mode: Mode;
	readonly asked?: NodeKernel;
	readonly ipvs: Ipvs;
	readonly processor?: string;
	readonly hasBuilt?: boolean;
	readonly expected: NodeKernel | RegExp;
};

const rows: readonly Row[] = [
	{mode: 'iptables', ipvs: 'absent', expected: 'host'},
	{mode: 'nftables', ipvs: 'absent', expected: 'host'},
	{mode: 'ipvs', ipvs: 'there', expected: 'host'},
	{mode: 'ipvs', ipvs: 'loadable', expected: 'host'},
	{mode: 'ipvs', ipvs: 'absent', expected: 'uml'},
	{mode: 'ipvs', ipvs: 'absent', hasBuilt: true, expected: 'uml-built'},
	{mode: 'ipvs', ipvs: 'absent', hasBuilt: true, asked: 'uml', expected: 'uml'},
	{mode: 'ipvs', ipvs: 'there', hasBuilt: true, expected: 'host'},
	{mode: 'nftables', ipvs: 'there', hasBuilt: true, expected: 'host'},
	{mode: 'ipvs', ipvs: 'absent', hasBuilt: true, processor: 'arm64', expected: /runs on x86-64 only; this processor is arm64$/},
	{mode: 'ipvs', ipvs: 'there', asked: 'uml', expected: 'uml'},
	{mode: 'iptables', ipvs: 'absent', asked: 'uml', expected: 'uml'},
	{mode: 'ipvs', ipvs: 'absent', asked: 'host', expected: /neither has nor can load: leave out --node-kernel host$/},
	{mode: 'ipvs', ipvs: 'absent', processor: 'arm64', expected: /runs on x86-64 only; this processor is arm64$/},
	{mode: 'ipvs', ipvs: 'there', processor: 'arm64', expected: 'host'},
	{mode: 'nftables', ipvs: 'there', asked: 'uml', expected: /nf_tables' families ip and ip6/},
	{mode: 'nftables', ipvs: 'there', asked: 'uml-built', expected: 'uml-built'},
	{mode: 'ipvs', ipvs: 'absent', asked: 'uml-built', expected: 'uml-built'},
	{mode: 'ipvs', ipvs: 'there', asked: 'uml-built', processor: 'arm64', expected: /runs on x86-64 only; this processor is arm64$/},
];

for (const {mode, asked, ipvs, processor = 'x64', hasBuilt = false, expected} of rows) {
	test(`${mode}${asked ? `, ${asked} asked for` : ''}, IPVS ${ipvs}${hasBuilt ? ', uml-built is there' : ''}, ${processor}: ${expected}`, t => {
		const choice = chooseKernel({mode, ...(asked && {nodeKernel: asked})}, {ipvs, processor, hasBuilt});
		if (typeof expected === 'string') t.is(choice.ok && choice.kernel, expected);
		else t.regex(choice.ok ? choice.kernel : choice.why, expected);
		t.false(choice.why.includes('\n'), 'one line');
	});
}

test('where system calls are dear, nodes with a kernel of their own say that they take minutes', t => {
	t.true(hasDearCalls('processor\t: 0\nflags\t\t: fpu pse pti avx2\nbugs\t\t: pcid\n'));
	t.false(hasDearCalls('flags\t\t: fpu pti pcid avx2\n'));
	t.false(hasDearCalls('flags\t\t: fpu avx2\n'));
	t.false(hasDearCalls(''));
	const {why} = chooseKernel({mode: 'ipvs'}, {ipvs: 'absent', processor: 'x64', dearCalls: true});
	t.regex(why, /as the kernel of this host has no IPVS; that takes minutes on this processor/);
	t.notRegex(chooseKernel({mode: 'iptables'}, {ipvs: 'absent', processor: 'x64', dearCalls: true}).why, /minutes/);
});
