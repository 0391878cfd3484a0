/** Limits of fetching parts, each with its reason; times in milliseconds. */
export type FetchLimits = {
	readonly attempts: number;
	readonly pauseMs: number;
	readonly stallMs: number;
	readonly redirects: number;
	readonly maximumBytes: number;
};

export const FETCH_LIMITS: FetchLimits = {
	/** A line that breaks five times within one file is no line; with the pauses below that is found after 15 s at the earliest. */
	attempts: 5,
	/**
	 * Before the second attempt, doubled before each further one: a restarted server is back after seconds, and a busy one is not pressed.
	 */
	pauseMs: 1000,
	/** No byte for this long: TCP's own retransmission goes on for minutes, a congested line recovers within a few seconds. */
	stallMs: 30_000,
	/** The release hosts need two (to a mirror near by, to its storage); browsers stop after 20. */
	redirects: 10,
	/** The largest part, kubelet or the API server, has about 0.1 GiB; an endless answer must not fill the disk. */
	maximumBytes: 2 ** 30,
};

/** Hosts that take longer than this to answer are too far away to be chosen without being asked for. */
export const HOST_ANSWERS_MS = 2000;

/** An event for each chunk would bury all others; a person reads a number once a second. */
export const PROGRESS_INTERVAL_MS = 1000;

/** What a registry must take as a manifest (OCI distribution spec, "Pushing Manifests"); real ones have a few kilobytes. */
export const MANIFEST_BYTES = 4 * 2 ** 20;

/** A sum has 64 bytes, with a file name some more; anything longer is a page of some proxy. */
export const SUM_BYTES = 4096;

/** Three small packages and one call of a small compiler: seconds, on a slow line two minutes. Nothing else waits for it longer. */
export const MUSL_TIMEOUT_MS = 300_000;

/** A host that could not get it today may have a network tomorrow. */
export const MUSL_TRIED_AGAIN_MS = 24 * 3_600_000;
