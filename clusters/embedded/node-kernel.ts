import {access, readFile} from 'node:fs/promises';
import {traitsOf} from '../../lib/model/modes/traits.ts';
import type {NodeKernel, Target} from '../../lib/target.ts';
import {onHost} from './host.ts';

/**
 * What kube-proxy needs of the kernel in ipvs mode (pkg/proxy/ipvs/README.md); schedulers beyond the default one are loaded when they are
 * asked for.
 */
const IPVS_MODULES = ['ip_vs', 'ip_vs_rr', 'nf_conntrack', 'xt_set', 'xt_ipvs', 'dummy'] as const;

/** Whether this host's kernel has IPVS, could load it, or neither. */
export type Ipvs = 'there' | 'loadable' | 'absent';

/** Looks; loads nothing. */
export const ipvsOfHost = async (): Promise<Ipvs> => {
	const there = await access('/proc/net/ip_vs').then(
		() => true,
		() => false,
	);
	if (there) return 'there';
	return onHost(['modprobe', '--dry-run', '--all', ...IPVS_MODULES]).then(
		() => 'loadable',
		() => 'absent',
	);
};

/**
 * Whether each system call empties the processor's translation cache: the kernel isolates its page tables (PTI) where the processor, as a
 * virtual machine shows it, cannot keep both (PCID; Documentation/arch/x86/pti.rst). User-mode Linux makes several calls of each one of its
 * nodes' programs: three such nodes took 6 minutes there, 24 s on another machine with two cores. `cpuinfo`: text of /proc/cpuinfo.
 */
export const hasDearCalls = (cpuinfo: string): boolean => {
	const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(/\s+/));
	return flags.has('pti') && !flags.has('pcid');
};

export const dearCallsOfHost = async (): Promise<boolean> => hasDearCalls(await readFile('/proc/cpuinfo', 'utf8'));

/** What decides of the host; `processor` as Node calls it. */
type Host = {
	readonly ipvs: Ipvs;
	readonly processor: string;
	readonly dearCalls?: boolean;
};

export type KernelChoice =
	| {
			readonly ok: true;
			readonly kernel: NodeKernel;
			/** Which kernel and why, in one line. */
			readonly why: string;
	  }
	| {readonly ok: false; readonly why: string};

/** The processor that user-mode Linux is packaged for (32-bit x86 apart). */
const UML_PROCESSOR = 'x64';

/** The kernel that was asked for; or else the host's where it has what the mode needs; or else one of their own for all nodes. */
export const chooseKernel = (
	{mode, nodeKernel}: Pick<Target, 'mode' | 'nodeKernel'>,
	{ipvs, processor, dearCalls = false}: Host,
): KernelChoice => {
	const {needsIpvs, needsNfTables} = traitsOf(mode);
	const host = !needsIpvs || ipvs !== 'absent';
	const kernel = nodeKernel ?? (host ? 'host' : 'uml');
	if (kernel === 'host') {
		if (!host)
			return {
				ok: false,
				why: `mode ${mode} needs IPVS, which the kernel of this host neither has nor can load: leave out --node-kernel host`,
			};
		return {
			ok: true,
			kernel,
			why: `nodes are namespaces of this host${needsIpvs && ipvs === 'loadable' ? ', whose kernel loads IPVS' : ''}`,
		};
	}
	if (processor !== UML_PROCESSOR)
		return {
			ok: false,
			why: `nodes with a kernel of their own are user-mode Linux, which runs on x86-64 only; this processor is ${processor}`,
		};
	if (needsNfTables)
		return {ok: false, why: `mode ${mode} needs nf_tables' families ip and ip6, which the kernel of user-mode Linux does not have`};
	const why = nodeKernel === undefined ? 'as the kernel of this host has no IPVS' : 'as asked for';
	const slow = dearCalls ? '; that takes minutes on this processor, whose system calls are dear (PTI without PCID)' : '';
	return {ok: true, kernel, why: `each node boots a kernel of its own (user-mode Linux), ${why}${slow}`};
};

/** Has the host's kernel load what the mode needs, where namespaces share it: nodes cannot, they have no modules of the host. */
export const loadIpvs = async ({mode, nodeKernel}: Pick<Target, 'mode' | 'nodeKernel'>, log: string): Promise<void> => {
	if (traitsOf(mode).needsIpvs && nodeKernel !== 'uml' && (await ipvsOfHost()) === 'loadable')
		await onHost(['modprobe', '--all', ...IPVS_MODULES], {log});
};
