import type {Layer} from './events.ts';

/** What is better drawn than told: a report draws it, and gives its text beside. */
export type Chart = Shares | Timeline | RuleDiff;

/** What each backend got of one batch, with the band that it must lie in. */
export type Shares = {
	readonly kind: 'shares';
	readonly title: string;
	/** What the band is: how it was reckoned, and how often chance alone leaves it. */
	readonly band: string;
	readonly rows: readonly {
		readonly name: string;
		readonly ok: boolean;
		/** The test's verdict in a few words: `p 0.508`, `in turn`. */
		readonly verdict: string;
		readonly from: number;
		readonly to: number;
		readonly bars: readonly {readonly name: string; readonly value: number}[];
	}[];
};

/** A stretch in which the same was seen. */
export type Stretch = {
	readonly from: number;
	readonly to: number;
	/** `.` as expected, `X` not, `?` not observed, ` ` nothing to expect yet. */
	readonly mark: '.' | 'X' | '?' | ' ';
	readonly text: string;
};

/** What was seen one after the other, a line for each place. */
export type Timeline = {
	readonly kind: 'timeline';
	readonly title: string;
	readonly unit: 'ms' | 'connections';
	readonly rows: readonly {readonly name: string; readonly stretches: readonly Stretch[]}[];
	/** What was done meanwhile. */
	readonly moments: readonly {readonly at: number; readonly text: string}[];
};

/** How rules differ from what they should be: `-` should be there and is not, `+` is there and should not be. */
export type RuleDiff = {
	readonly kind: 'diff';
	readonly title: string;
	readonly parts: readonly {
		/** Where: `nat KUBE-SEP-XXXX on worker-2 (ns/svc:port)`. */
		readonly where: string;
		readonly lines: readonly {readonly sign: '-' | '+' | ' '; readonly text: string}[];
	}[];
	/** Parts that differ too and are not here. */
	readonly more: number;
};

/** What a check has made in the cluster, for a drawing. */
export type Scene = {
	readonly pods: readonly {
		readonly name: string;
		readonly node: string;
		readonly ip: string;
	}[];
	/** Addresses of its Services: `ClusterIP 10.96.4.7:80 TCP`. */
	readonly addresses: readonly {readonly service: string; readonly text: string}[];
};

/** A way that went wrong: who sent, whose rules decided, where to. */
export type Way = {
	readonly from: string;
	readonly node: string;
	readonly to: string;
	readonly wrong: string;
};

/** A hop of the walk after a red. */
export type HopSeen = {
	readonly name: string;
	readonly layer: Layer;
	readonly state: 'ok' | 'broken' | 'aside' | 'unknown';
	readonly finding?: string;
};
