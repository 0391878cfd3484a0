import type {PartsOrigin} from '../../../lib/target.ts';

export type PartsContext = {
	readonly cache: string;
	readonly signal: AbortSignal;
	/** Everything that the programs of this work print. */
	readonly log: string;
	readonly progress: (text: string) => void;
};

/** Where the cluster's own programs come from. One file of this folder each. */
export type Source = {
	readonly name: PartsOrigin;
	/**
	 * What a first cluster takes on the disk: file system 0.5, programs 0.7, images 0.7 and those unpacked, a cluster 0.3, and what the
	 * source itself keeps.
	 */
	readonly coldDiskGib: number;
	/**
	 * One line for each thing that is missing to get the programs of this version into this cache, with how to get it; nothing when it can
	 * work.
	 */
	missing(kubernetes: string, cache: string): Promise<readonly string[]>;
	/**
	 * Makes (or finds) all programs of this Kubernetes version, or only some; returns name → path. All are static but the release's
	 * kubelet, which needs the node's libc. Without `pause`, agnhost takes its place.
	 */
	programs(kubernetes: string, context: PartsContext, only?: readonly string[]): Promise<ReadonlyMap<string, string>>;
};
