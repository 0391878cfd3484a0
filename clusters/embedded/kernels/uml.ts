import {traitsOf} from '../../../lib/model/modes/traits.ts';
import type {NodeKernel} from '../../../lib/target.ts';
import {ownKernel} from '../parts/kernel.ts';
import type {Kernel} from './kernel.ts';
import {withOlderTools} from './older-tools.ts';

/** The processor that user-mode Linux is packaged for (32-bit x86 apart). */
const PROCESSOR = 'x64';

/** What is said of such nodes: which of them, and whether it has nf_tables' families. */
type Said = {
	readonly kernel: NodeKernel;
	readonly what: string;
	readonly nftables: boolean;
	/** Said where it was not asked for. */
	readonly more?: string;
};

/** When user-mode Linux fits: on one processor, and in the modes that it has the tables for. */
export const umlFits =
	({kernel, what, nftables, more = ''}: Said): Kernel['fits'] =>
	(mode, {processor, dearCalls = false}, isAsked) => {
		if (processor !== PROCESSOR)
			return {
				ok: false,
				why: `nodes with a kernel of their own are user-mode Linux, which runs on x86-64 only; this processor is ${processor}`,
			};
		if (traitsOf(mode).needsNfTables && !nftables)
			return {ok: false, why: `mode ${mode} needs nf_tables' families ip and ip6, which the kernel of ${what} does not have`};
		const why = isAsked ? 'as asked for' : 'as the kernel of this host has no IPVS';
		const slow = dearCalls ? '; that takes minutes on this processor, whose system calls are dear (PTI without PCID)' : '';
		return {ok: true, kernel, why: `each node boots a kernel of its own (${what}), ${why}${slow}${isAsked ? '' : more}`};
	};

const NAME = 'user-mode Linux';
const NFTABLES = false;
const FASTER = '; --node-kernel uml-built builds one that is faster, which is then the default';

/** User-mode Linux as Debian has it: a kernel for each node, as a program of this host. */
export const uml: Kernel = {
	fits: umlFits({kernel: 'uml', what: NAME, nftables: NFTABLES, more: FASTER}),
	isHosts: false,
	own: {name: NAME, commandLine: [], obtain: ownKernel, diskGib: async () => 0},
	programs: {mke2fs: 'e2fsprogs', perl: 'perl-base', taskset: 'util-linux'},
	devices: {'/dev/net/tun': '/dev/net/tun is missing, by which nodes with a kernel of their own are on the network: modprobe tun'},
	// Four such nodes idle at half of two processors: one less is what a small machine bears.
	workers: 2,
	// One sync of ipvs runs 40 programs: on each node with a kernel of its own 1.3 s of a processor that all nodes share. With one at every
	// change, as is the default of ipvs, three such nodes would do nothing else.
	proxyConfig: {ipvs: {minSyncPeriod: '5s'}},
	proxyManifest: withOlderTools,
	nftables: NFTABLES,
	queuesPackets: false,
};
