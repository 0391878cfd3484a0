/** What a part is there for. `frame`: the same on every node, whatever the Services. */
export const ROLES = ['frame', 'dispatch', 'endpoint', 'masquerade', 'affinity', 'firewall', 'health'] as const;
export type Role = (typeof ROLES)[number];

/**
 * One rule or one element, in a canonical text of its own: equal parts have equal text, in whatever order and spelling the tool prints
 * them.
 */
export type Part = {
	/** The pieces, joined. */
	readonly text: string;
	/** Matches, key, target: two parts that differ in a single one are one part that was changed. */
	readonly pieces: readonly string[];
	readonly role: Role;
	/** `ns/svc:port` that it belongs to; left out for the frame. */
	readonly about?: string;
	/**
	 * Part of a choice by chance: whom it gives how much of the traffic that reaches the choice. Choices that share out alike are equal.
	 */
	readonly share?: {readonly to: string; readonly of: number};
	/** Comes after all parts without this mark, even where order does not count otherwise. */
	readonly last?: true;
	/** Texts that are as good: two Services claim one key of a map, and Go's order of iteration decides. */
	readonly or?: readonly string[];
	/** On its way out: not foreign where it is not expected. */
	readonly leftover?: true;
};

/**
 * A chain, a map or a set (of ipset too, a virtual server with its real servers, the addresses of an interface): what it holds, in order
 * where order counts.
 */
export type Container = {
	/**
	 * Where it is, as a user would look it up: `nat KUBE-SVC-XXXX`, `ip kube-proxy map service-ips`, `ipset KUBE-CLUSTER-IP`, `ipvs TCP
	 * 10.96.0.10:53`.
	 */
	readonly where: string;
	readonly kind: 'chain' | 'map' | 'set';
	/** Order of the parts decides (a chain whose rules exclude each other anyway has none). */
	readonly ordered: boolean;
	/** What most of it is there for. */
	readonly role: Role;
	readonly about?: string;
	readonly parts: readonly Part[];
	/**
	 * Holds nothing that is kube-proxy's, or nothing any more (it deletes a chain later than what leads there): not foreign where it is not
	 * expected.
	 */
	readonly leftover?: true;
	/** Containers that are as good: two Services claim one place, and Go's order of iteration decides. */
	readonly or?: readonly Container[];
};

/** All that kube-proxy holds on one node in one family, normalised; made from the API (expected) or from a dump (actual). Key: `where`. */
export type Graph = ReadonlyMap<string, Container>;

/** A difference between what should be and what is. */
export type Difference = {
	readonly kind: 'missing' | 'foreign' | 'changed' | 'misplaced';
	readonly where: string;
	readonly role: Role;
	readonly about?: string;
	/** The part's text, `(whole chain)` for a container; `changed`: what should be there. */
	readonly text: string;
	/** `changed`: what is there instead. */
	readonly actual?: string;
};
