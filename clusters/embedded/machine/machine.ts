import type {Access} from '../../../lib/access.ts';
import type {SucceedOptions} from '../../../lib/shell/succeed.ts';

/** A machine before it boots: its files, its network, its daemons. Everything is written before the first process starts. */
export type MachineSpec = {
	readonly name: string;
	/** Read-only layers of its file system, the upper first. */
	readonly layers: readonly string[];
	/** Path in the machine → content. Paths below var/ go to its own disk, all others to its own layer. */
	readonly files?: Readonly<Record<string, string>>;
	/** Daemons: name → shell script that ends in `exec`; each is started at boot and again when it ends. */
	readonly services?: Readonly<Record<string, string>>;
	/** Those of them that start at the first boot only when told (`sv up`, and their file `down` removed). */
	readonly held?: readonly string[];
	/** Links that must be there before it goes on; the network then comes from `ip -batch` lines. `eth0` is the one to the switch. */
	readonly links: readonly string[];
	readonly network: readonly string[];
	/** Below /proc/sys → value; a setting that the kernel does not have is passed over. */
	readonly sysctls?: Readonly<Record<string, string>>;
	/** A table for nft, loaded at boot. */
	readonly nft?: string;
	/** Rules for iptables-restore and ip6tables-restore, loaded at boot of a machine with a kernel of its own. */
	readonly iptables?: Readonly<Record<'iptables' | 'ip6tables', string>>;
	/** Directories to start from: path below var/ → directory of this host whose unchanging files may be shared. */
	readonly disk?: Readonly<Record<string, string>>;
	/** A kernel of its own; left out: the host's. */
	readonly kernel?: KernelSpec;
};

/** A kernel that runs as a program. Its machine has a disk of its own in place of `disk`. */
export type KernelSpec = {
	/** Root directory for the program. */
	readonly root: string;
	/** Words for its command line besides those that every machine's has. */
	readonly commandLine: readonly string[];
	/** Image with what /var starts from; what the machine writes goes elsewhere. */
	readonly image: string;
	readonly memoryMib: number;
	/** From 1 to 254, another for each machine of the cluster: makes the addresses that commands come in by. */
	readonly slot: number;
};

/** A machine whose files are prepared. What it is made of is known to its own file alone. */
export type Machine = {
	readonly name: string;
	/** Its directory on this host. */
	readonly dir: string;
	readonly access: Access;
	/** Runs a program in it that must leave with 0, and answers its standard output. Throws as `succeed`. */
	run(argv: readonly string[], options?: SucceedOptions): Promise<string>;
	/** Makes its link to the switch, where the port has the machine's name. A machine with power is plugged already. */
	plug(): Promise<void>;
	/**
	 * Both may be said twice. A machine without power leaves its disk (var/, and the files of its own layer); all else begins anew with it.
	 */
	readonly power: {
		/** Ends early, with the signal's reason, when that aborts. */
		on(signal?: AbortSignal): Promise<void>;
		off(): Promise<void>;
	};
};

/** Whose machine: the directory of its cluster, and the id that all which it makes carries. */
export type Owner = {readonly cluster: string; readonly id: string};

/** The machine that all others are plugged into; its bridge is the segment. */
export const SWITCH = 'switch';
export const SEGMENT = 'segment';
