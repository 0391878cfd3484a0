import type {TargetMode} from '../../../lib/target.ts';
import type {Host, KernelChoice} from '../node-kernel.ts';
import type {OwnKernel} from '../parts/kernel.ts';
import type {PartsContext} from '../parts/source.ts';

/** What is different about nodes with one kernel. */
export type Kernel = {
	/** Whether this host can run it in that mode. `isAsked`: by name, not found to be the first that fits. */
	fits(mode: TargetMode, host: Host, isAsked: boolean): KernelChoice;
	/** Nodes share the host's: it loads modules for them, and they take of its inotify instances. */
	readonly isHosts: boolean;
	/** What each node boots, as people call it, and how it is obtained; left out: nothing of its own. */
	readonly own?: {
		readonly name: string;
		/** Words for its command line besides those that every machine's has. */
		readonly commandLine: readonly string[];
		obtain(context: PartsContext): Promise<OwnKernel>;
		/** What its making takes on the disk meanwhile, in GiB, beside what any first cluster does; 0 once it is made. */
		diskGib(cache: string): Promise<number>;
	};
	/** Programs that it needs besides, each with the Debian package that has it. */
	readonly programs: Readonly<Record<string, string>>;
	/** Devices that it needs, each with what to say where it is missing. */
	readonly devices: Readonly<Record<string, string>>;
	/** How many workers a small machine is best with; left out: as many as with any provider. */
	readonly workers?: number;
	/** What kube-proxy's configuration says besides. */
	readonly proxyConfig: Readonly<Record<string, unknown>>;
	/** kubeadm's manifest of kube-proxy as its nodes need it; left out: as it is. */
	readonly proxyManifest?: (manifest: string) => string;
	/** It has nf_tables' families ip and ip6. */
	readonly nftables: boolean;
	/** It hands packets over to programs (NFQUEUE). */
	readonly queuesPackets: boolean;
};
