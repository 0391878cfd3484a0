import type {Protocol} from './state.ts';

/** The first packet of a new connection, as it reaches a node (from a pod of the node or from outside) or as the node itself sends it. */
export type Packet = {
	readonly protocol: Protocol;
	/** Where it comes from: a pod of the node that is asked about, the node itself, or its network interface. */
	readonly from: 'pod' | 'node' | 'outside';
	readonly source: string;
	readonly destination: string;
	readonly port: number;
};

export type Backend = {
	readonly ip: string;
	readonly port: number;
	/** Of all new connections; those of a verdict add up to 1. */
	readonly probability: number;
	/** The backend sees the client's own address, or one of the entry node. */
	readonly source: 'kept' | 'rewritten';
};

/**
 * What becomes of a packet. The model, the trace of dumped rules and the wire all answer with this, so any two can be compared.
 * `because` names what decides: an object of the API for the model, a rule with its chain for the trace.
 */
export type Verdict = {readonly because: string} & (
	| {
			readonly kind: 'backends';
			readonly backends: readonly Backend[];
			/** Seconds that a client stays with its backend. */ readonly sticky?: number;
	  }
	/** TCP reset or ICMP port unreachable, at once. */
	| {readonly kind: 'refused'}
	| {readonly kind: 'dropped'}
	/** Not a Service's: delivered to the node itself, whatever listens there. */
	| {readonly kind: 'node'}
	/** Not a Service's: routed on towards its destination. */
	| {readonly kind: 'leaves'}
	/**
	 * Chance decides between different things: rules that were damaged, or one of several backends has an address and port that a Service
	 * refuses.
	 */
	| {readonly kind: 'mixed'; readonly parts: readonly VerdictPart[]}
	/** It cannot be told: there is a rule on the way that is not understood. Equal to nothing, not even to itself. */
	| {readonly kind: 'unknown'}
);

/** What becomes of a part of all new connections; the probabilities of all parts add up to 1. */
export type VerdictPart = {readonly probability: number; readonly verdict: Verdict};
