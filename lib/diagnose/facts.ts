import type {
	CoreV1Event,
	V1DaemonSet,
	V1EndpointSlice,
	V1Ingress,
	V1Namespace,
	V1NetworkPolicy,
	V1Node,
	V1Pod,
	V1Service,
	V1ServiceCIDR,
} from '@kubernetes/client-node';
import type {NodeTexts} from '../facts/node-texts.ts';

/** An object of a kind that the client's library has no type for. */
export type PlainObject = {
	readonly metadata?: {
		readonly name?: string;
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>>;
	};
	readonly spec?: Readonly<Record<string, unknown>>;
	readonly status?: Readonly<Record<string, unknown>>;
};

/** What a node said of itself, and by what way it was asked. */
export type NodeEvidence = {
	readonly way: string;
	readonly texts: NodeTexts;
};

/**
 * All that rules may ask for; each rule sees what it declares. Objects are the API's own, as JSON: times are texts, whatever the types say.
 */
export type FactValues = {
	/** Of the API server: `v1.36.3`. */
	readonly version: string;
	readonly services: readonly V1Service[];
	readonly slices: readonly V1EndpointSlice[];
	readonly nodes: readonly V1Node[];
	readonly pods: readonly V1Pod[];
	readonly namespaces: readonly V1Namespace[];
	readonly networkPolicies: readonly V1NetworkPolicy[];
	readonly daemonSets: readonly V1DaemonSet[];
	readonly serviceCIDRs: readonly V1ServiceCIDR[];
	readonly ingresses: readonly V1Ingress[];
	/** Those that are not of type Normal. */
	readonly events: readonly CoreV1Event[];
	/** config.conf of the ConfigMap kube-proxy; nothing else of it. */
	readonly proxyConfig: string;
	/** Corefile of the ConfigMap coredns; nothing else of it. */
	readonly corefile: string;
	readonly validatingWebhooks: readonly WebhookConfiguration[];
	readonly mutatingWebhooks: readonly WebhookConfiguration[];
	readonly apiServices: readonly PlainObject[];
	readonly addressPools: readonly PlainObject[];
	readonly l2Advertisements: readonly PlainObject[];
	readonly bgpAdvertisements: readonly PlainObject[];
	readonly l2Statuses: readonly PlainObject[];
	/** By node; only where node evidence was asked for. */
	readonly nodeEvidence: Readonly<Record<string, NodeEvidence>>;
};

export type WebhookConfiguration = {
	readonly metadata?: {readonly name?: string};
	readonly webhooks?: readonly {
		readonly name: string;
		readonly failurePolicy?: string;
		readonly clientConfig?: {
			readonly service?: {
				readonly name: string;
				readonly namespace: string;
				readonly port?: number;
			};
		};
	}[];
};

export type FactName = keyof FactValues;

/** A fact of a snapshot. `absent`: the cluster does not have this kind of object. `right`: what the caller may not do. */
export type Gathered<T> =
	| {
			readonly ok: true;
			readonly value: T;
			readonly source: string;
	  }
	| {
			readonly ok: false;
			readonly why: string;
			readonly source: string;
			readonly absent?: true;
			readonly right?: string;
	  };

export type GatheredFacts = {readonly [Name in FactName]?: Gathered<FactValues[Name]>};
