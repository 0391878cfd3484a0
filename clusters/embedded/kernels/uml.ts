import {traitsOf} from '../../../lib/model/modes/traits.ts';
import {ownKernel} from '../parts/kernel.ts';
import type {Kernel} from './kernel.ts';
import {withOlderTools} from './older-tools.ts';

/** The processor that user-mode Linux is packaged for (32-bit x86 apart). */
const PROCESSOR = 'x64';

/** User-mode Linux: a kernel for each node, as a program of this host. */
export const uml: Kernel = {
	fits(mode, {processor, dearCalls = false}, isAsked) {
		if (processor !== PROCESSOR)
			return {
				ok: false,
				why: `nodes with a kernel of their own are user-mode Linux, which runs on x86-64 only; this processor is ${processor}`,
			};
		if (traitsOf(mode).needsNfTables)
			return {ok: false, why: `mode ${mode} needs nf_tables' families ip and ip6, which the kernel of user-mode Linux does not have`};
		const why = isAsked ? 'as asked for' : 'as the kernel of this host has no IPVS';
		const slow = dearCalls ? '; that takes minutes on this processor, whose system calls are dear (PTI without PCID)' : '';
		return {ok: true, kernel: 'uml', why: `each node boots a kernel of its own (user-mode Linux), ${why}${slow}`};
	},
	isHosts: false,
	own: {name: 'user-mode Linux', obtain: ownKernel},
	programs: {mke2fs: 'e2fsprogs', perl: 'perl-base'},
	devices: {'/dev/net/tun': '/dev/net/tun is missing, by which nodes with a kernel of their own are on the network: modprobe tun'},
	// Four such nodes idle at half of two processors: one less is what a small machine bears.
	workers: 2,
	// One sync of ipvs runs 40 programs: on each node with a kernel of its own 1.3 s of a processor that all nodes share. With one at every
	// change, as is the default of ipvs, three such nodes would do nothing else.
	proxyConfig: {ipvs: {minSyncPeriod: '5s'}},
	proxyManifest: withOlderTools,
	queuesPackets: false,
};
