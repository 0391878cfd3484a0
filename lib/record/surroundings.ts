/** The machine that a run was started on. */
export type HostFacts = {
	os: string;
	kernel: string;
	cpus: number;
	memoryMiB: number;
	node: string;
};

/** What was really found under test, as opposed to what was asked for. */
export type ClusterFacts = {
	readonly kubernetes: string;
	readonly mode: string;
	readonly nodes: readonly {
		name: string;
		role: string;
		kernel: string;
		runtime: string;
		/** Its addresses, and the pods of the cluster's own that run on it in networks of their own. */
		ips?: readonly string[];
		pods?: readonly {readonly name: string; readonly ip: string}[];
	}[];
	/** Addresses of the host outside, where there is one. */
	readonly outside?: readonly string[];
	readonly parts: Readonly<Record<string, string>>;
};
