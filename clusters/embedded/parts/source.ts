export type PartsContext = {
	readonly cache: string;
	readonly signal: AbortSignal;
	/** Everything that the programs of this work print. */
	readonly log: string;
	readonly progress: (text: string) => void;
};

/** Where the cluster's own programs come from. One file of this folder each. */
export type Source = {
	readonly name: string;
	/** One line for each thing that is missing, with how to get it; nothing when it can work. */
	missing(): Promise<readonly string[]>;
	/** Makes (or finds) all programs of this Kubernetes version; returns name → path of a static binary. */
	programs(kubernetes: string, context: PartsContext): Promise<ReadonlyMap<string, string>>;
};
