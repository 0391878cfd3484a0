import type {Remainder} from './remainder.ts';

/** JSON as it stands, for what has no type here. */
export type Unknown = {
	readonly kind: 'unknown';
	/** nft's own name for it: `jhash`, `socket`. */ readonly name: string;
	readonly json: unknown;
};

export type NftVerdict =
	{readonly verdict: 'accept' | 'drop' | 'return' | 'continue'} | {readonly verdict: 'jump' | 'goto'; readonly chain: string};

/** What a rule reads or compares with (libnftables-json(5), EXPRESSIONS). */
export type NftExpression =
	/** An address, a port, a mark, a word (`established`, `tcp`, `local`). */
	| {readonly kind: 'value'; readonly value: string | number | boolean}
	/** A set or map of the table, by name without `@`. */
	| {readonly kind: 'named'; readonly name: string}
	| {
			readonly kind: 'prefix';
			readonly address: string;
			readonly length: number;
	  }
	| {
			readonly kind: 'range';
			readonly from: NftExpression;
			readonly to: NftExpression;
	  }
	/** `ip daddr . meta l4proto . th dport`. */
	| {readonly kind: 'concat'; readonly parts: readonly NftExpression[]}
	/** Any of several bits: `established,related`. */
	| {readonly kind: 'list'; readonly parts: readonly NftExpression[]}
	| {
			readonly kind: 'payload';
			readonly protocol: string;
			readonly field: string;
	  }
	| {readonly kind: 'meta'; readonly key: string}
	| {
			readonly kind: 'ct';
			readonly key: string;
			readonly direction?: string;
	  }
	| {
			readonly kind: 'fib';
			readonly result: string;
			readonly flags: readonly string[];
	  }
	/** A number from offset to offset + mod - 1. */
	| {
			readonly kind: 'numgen';
			readonly mode: string;
			readonly mod: number;
			readonly offset: number;
	  }
	/** The value that a map has for a key: `numgen random mod 2 map { … }`, `tcp dport map @ports`. */
	| {
			readonly kind: 'lookup';
			readonly key: NftExpression;
			readonly map: NftMapping;
	  }
	/** `{ 22, 80-90 }`. */
	| {readonly kind: 'set'; readonly elements: readonly NftElement[]}
	| {
			readonly kind: 'binary';
			readonly op: '|' | '&' | '^' | '<<' | '>>';
			readonly left: NftExpression;
			readonly right: NftExpression;
	  }
	| {readonly kind: 'verdict'; readonly verdict: NftVerdict}
	| Unknown;

/** A map: one of the table's by name, or one that the rule itself holds. */
export type NftMapping =
	{readonly kind: 'named'; readonly name: string} | {readonly kind: 'entries'; readonly entries: readonly NftEntry[]} | Unknown;

export type NftElement = {
	readonly value: NftExpression;
	readonly comment?: string;
	/** Own time to live, and what is left of it. */
	readonly timeoutSeconds?: number;
	readonly expiresSeconds?: number;
};

/** `value` is a verdict in a verdict map. */
export type NftEntry = {readonly key: NftElement; readonly value: NftExpression};

export type NftNat = {
	readonly kind: 'dnat' | 'snat' | 'masquerade' | 'redirect';
	/** `ip` or `ip6` in tables of both families, and with a map. */
	readonly family?: string;
	/** May be a lookup that answers address and port at once. */
	readonly address?: NftExpression;
	readonly port?: NftExpression;
	readonly flags: readonly string[];
};

/** What a rule does, in order (libnftables-json(5), STATEMENTS). */
export type NftStatement =
	/** `in`: for bits (ct state, tcp flags), any of those on the right is set. */
	| {
			readonly kind: 'match';
			readonly op: '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in';
			readonly left: NftExpression;
			readonly right: NftExpression;
	  }
	| {readonly kind: 'verdict'; readonly verdict: NftVerdict}
	| {
			readonly kind: 'vmap';
			readonly key: NftExpression;
			readonly map: NftMapping;
	  }
	/** `meta mark set …`: nft calls it mangle. */
	| {
			readonly kind: 'assign';
			readonly to: NftExpression;
			readonly value: NftExpression;
	  }
	| NftNat
	/** `type`: icmp, icmpx, icmpv6, `tcp reset`. */
	| {
			readonly kind: 'reject';
			readonly type?: string;
			readonly code?: string;
	  }
	/** `update @set { ip saddr timeout 30s }`. */
	| {
			readonly kind: 'set';
			readonly op: string;
			readonly set: string;
			readonly element: NftElement;
			/** Kept for each element: `limit rate over 10/second`. */
			readonly statements?: readonly NftStatement[];
	  }
	/** Anonymous with numbers, or the name of a counter of the table. */
	| {
			readonly kind: 'counter';
			readonly packets?: number;
			readonly bytes?: number;
			readonly name?: string;
	  }
	| {readonly kind: 'log'; readonly prefix?: string}
	| {readonly kind: 'notrack'}
	/** What iptables-nft put there; nft knows its name alone, iptables-save the rest. */
	| {
			readonly kind: 'xt';
			readonly type: string;
			readonly name: string;
	  }
	| Unknown;

export type NftRule = {
	readonly chain: string;
	/** From 1. */
	readonly position: number;
	readonly handle?: number;
	readonly comment?: string;
	readonly statements: readonly NftStatement[];
	/** The rule's object of the dump, verbatim. */
	readonly json: unknown;
};

/** `priority` is a number: -100 for dstnat. */
export type NftHook = {
	readonly type: string;
	readonly hook: string;
	readonly priority: number;
	readonly policy?: string;
	readonly device?: string;
};

/** `base`: the kernel sends packets here; others are reached by jump and goto. */
export type NftChain = {
	readonly name: string;
	readonly handle?: number;
	readonly base?: NftHook;
	readonly rules: readonly NftRule[];
};

type Storage = {
	readonly name: string;
	/** `['ipv4_addr', 'inet_proto', 'inet_service']`. */
	readonly type: readonly string[];
	/** nft 1.0.6 leaves `dynamic` out of its JSON. */
	readonly flags: readonly string[];
	readonly comment?: string;
	readonly size?: number;
	readonly timeoutSeconds?: number;
};
export type NftSet = Storage & {readonly elements: readonly NftElement[]};
/** `data`: `['verdict']` for verdict maps. */
export type NftMap = Storage & {readonly data: readonly string[]; readonly entries: readonly NftEntry[]};

export type NftTable = {
	readonly family: string;
	readonly name: string;
	readonly comment?: string;
	readonly chains: ReadonlyMap<string, NftChain>;
	readonly sets: ReadonlyMap<string, NftSet>;
	readonly maps: ReadonlyMap<string, NftMap>;
	/** Objects of other kinds: counter, limit, quota, ct helper, flowtable. */
	readonly objects: readonly {
		readonly kind: string;
		readonly name: string;
		readonly json: unknown;
	}[];
};

export type NftRuleset = {
	/** Of nft: `1.0.6`. */
	readonly version?: string;
	/** By family and name: `ip kube-proxy`. */
	readonly tables: ReadonlyMap<string, NftTable>;
	/** Also names each unknown statement and expression that is kept in a rule. */
	readonly remainder: readonly Remainder[];
};
