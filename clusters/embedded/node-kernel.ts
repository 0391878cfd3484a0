import {access, readFile} from 'node:fs/promises';
import {traitsOf} from '../../lib/model/modes/traits.ts';
import {NODE_KERNELS, type NodeKernel, type Target} from '../../lib/target.ts';
import {onHost} from './host.ts';
import {kernelOf} from './kernels/kernels.ts';

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
export type Host = {
	readonly ipvs: Ipvs;
	readonly processor: string;
	readonly dearCalls?: boolean;
	/** The kernel `uml-built` is in the cache already. */
	readonly hasBuilt?: boolean;
};

export type KernelChoice =
	| {
			readonly ok: true;
			readonly kernel: NodeKernel;
			/** Which kernel and why, in one line. */
			readonly why: string;
	  }
	| {readonly ok: false; readonly why: string};

/** The kernel that was asked for; or else the first that fits: the host's where it has what the mode needs. */
export const chooseKernel = ({mode, nodeKernel}: Pick<Target, 'mode' | 'nodeKernel'>, host: Host): KernelChoice => {
	if (nodeKernel) return kernelOf(nodeKernel).fits(mode, host, true);
	const choices = NODE_KERNELS.map(word => kernelOf(word).fits(mode, host, false));
	return choices.find(({ok}) => ok) ?? (choices.at(-1) as KernelChoice);
};

/** Has the host's kernel load what the mode needs, where namespaces share it: nodes cannot, they have no modules of the host. */
export const loadIpvs = async ({mode, nodeKernel}: Pick<Target, 'mode' | 'nodeKernel'>, log: string): Promise<void> => {
	if (traitsOf(mode).needsIpvs && kernelOf(nodeKernel).isHosts && (await ipvsOfHost()) === 'loadable')
		await onHost(['modprobe', '--all', ...IPVS_MODULES], {log});
};
