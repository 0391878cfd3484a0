import {builtKernel, builtKernelDiskGib} from '../parts/built-kernel.ts';
import type {Kernel} from './kernel.ts';
import {withShare} from './proxy-manifest.ts';
import {uml, umlFits} from './uml.ts';

const NAME = 'user-mode Linux, built here';
const fits = umlFits({kernel: 'uml-built', what: NAME, nftables: true});

/**
 * User-mode Linux of a newer version, with all that nodes need in one program: nf_tables too, and system calls by seccomp, which cost half
 * of those by ptrace.
 */
export const umlBuilt: Kernel = {
	...uml,
	// Minutes of compiling are nobody's surprise.
	fits: (mode, host, isAsked) =>
		isAsked || host.hasBuilt
			? fits(mode, host, isAsked)
			: {ok: false, why: 'its kernel has not been built here: --node-kernel uml-built builds it'},
	own: {name: NAME, commandLine: ['seccomp=on'], obtain: builtKernel, diskGib: builtKernelDiskGib},
	proxyManifest: withShare,
	nftables: true,
	queuesPackets: true,
};
