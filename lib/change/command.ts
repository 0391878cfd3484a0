import type {KubernetesObject} from '@kubernetes/client-node';
import type {Access} from '../access.ts';

/** One change of a cluster as plain data, so that what takes it back can lie on disk before it is made. */
export type Command =
	/** A program on a node; it must leave with 0. */
	| {
			readonly kind: 'run';
			readonly node: string;
			readonly argv: readonly string[];
			readonly stdin?: string;
	  }
	/** A program beside the cluster (this host, the switch); it must leave with 0. */
	| {
			readonly kind: 'beside';
			readonly access: Access;
			readonly where: string;
			readonly argv: readonly string[];
			readonly stdin?: string;
	  }
	/** apply: server-side, as field manager vipcheck; patch: those fields alone; remove: one that does not exist is fine. */
	| {
			readonly kind: 'api';
			readonly verb: 'apply' | 'patch' | 'remove';
			readonly object: KubernetesObject;
	  }
	/**
	 * Waits until every pod of a Deployment or DaemonSet is Ready, and of its newest template unless that is left open (DaemonSets that
	 * update OnDelete).
	 */
	| {
			readonly kind: 'rollout';
			readonly namespace: string;
			readonly deployment?: string;
			readonly daemonSet?: string;
			readonly whateverTemplate?: boolean;
	  }
	/** Deletes the pods of a selector and waits until as many new ones are Ready; `node`: only those there. */
	| {
			readonly kind: 'restart';
			readonly namespace: string;
			readonly selector: string;
			readonly node?: string;
	  }
	/** Waits until no pod of a selector is left. */
	| {
			readonly kind: 'gone';
			readonly namespace: string;
			readonly selector: string;
	  }
	/** Waits until a node is Ready, or is not. */
	| {
			readonly kind: 'node-is';
			readonly node: string;
			readonly ready: boolean;
	  };

/** A change and what takes it back. `undo` may be run more than once, and when half of it is done already. */
export type Change = {
	/** In words that follow "could not be undone: "; also the name of its file, so without slashes. */
	readonly name: string;
	readonly make: readonly Command[];
	readonly undo: readonly Command[];
};

/** A change could not be made or taken back. */
export class ChangeError extends Error {
	override name = 'ChangeError';
}
