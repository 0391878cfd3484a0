import type {
	AppsV1Api,
	Configuration,
	CoreV1Api,
	CoreV1Event,
	DiscoveryV1Api,
	HttpLibrary,
	KubeConfig,
	KubernetesObject,
	NetworkingV1Api,
	RequestContext,
	VersionApi,
} from '@kubernetes/client-node';
import {KubeError} from './kube-error.ts';
import {API_TIMEOUT_MS} from './limits.ts';
import {UsageError, messageOf} from './usage.ts';

/** The one client of the API server. All calls end after API_TIMEOUT_MS and throw KubeError. */
export type Kube = {
	readonly server: string;
	readonly core: CoreV1Api;
	readonly apps: AppsV1Api;
	readonly discovery: DiscoveryV1Api;
	readonly networking: NetworkingV1Api;
	readonly version: VersionApi;
	/** Server-side apply as field manager `vipcheck`; answers the object as it is now. */
	apply<T extends KubernetesObject>(object: T): Promise<T>;
	/** Changes the fields that are given, and no others (strategic merge patch); answers the object as it is now. */
	patch<T extends KubernetesObject>(object: T): Promise<T>;
	/** The object as it is; its apiVersion, kind, name and namespace say which. */
	read<T extends KubernetesObject>(object: T): Promise<T>;
	/** Asks for the deletion of an object and does not wait for it; one that does not exist is fine. */
	remove(object: KubernetesObject, options?: {graceSeconds?: number}): Promise<void>;
	/** The namespace's events, oldest first. */
	events(namespace: string): Promise<readonly CoreV1Event[]>;
	/** The same client, over the same connections, whose calls also end with this signal. */
	bound(signal: AbortSignal): Kube;
};

const FIELD_MANAGER = 'vipcheck';

/**
 * Reads a kubeconfig file and answers a client for its current context, or the one that is named; no call is made yet.
 * Throws UsageError when the file cannot be read or names no cluster.
 */
export const connect = async (kubeconfigPath: string, named?: string): Promise<Kube> => {
	const client = await import('@kubernetes/client-node');

	/** client-node makes a new connection pool, so a new TLS connection, for every call; the first one is kept here. */
	class OnePool extends client.KubeConfig {
		#dispatcher: ReturnType<RequestContext['getDispatcher']>;
		override async applySecurityAuthentication(context: RequestContext): Promise<void> {
			await super.applySecurityAuthentication(context);
			this.#dispatcher ??= context.getDispatcher();
			if (this.#dispatcher) context.setDispatcher(this.#dispatcher);
		}
	}

	const config = new OnePool();
	const server = loadKubeconfig(config, kubeconfigPath, named);
	const build = (signal: AbortSignal | undefined): Kube => {
		const configuration: Configuration = client.createConfiguration({
			baseServer: new client.ServerConfiguration(server, {}),
			authMethods: {default: config},
			httpApi: library(client, server, signal),
		});
		const objects = new client.KubernetesObjectApi(configuration);
		const core = new client.CoreV1Api(configuration);
		return {
			server,
			core,
			apps: new client.AppsV1Api(configuration),
			discovery: new client.DiscoveryV1Api(configuration),
			networking: new client.NetworkingV1Api(configuration),
			version: new client.VersionApi(configuration),
			apply: object => objects.patch(object, undefined, undefined, FIELD_MANAGER, true, client.PatchStrategy.ServerSideApply),
			patch: object =>
				objects.patch(object, undefined, undefined, FIELD_MANAGER, undefined, client.PatchStrategy.StrategicMergePatch),
			read: async object => objects.read(object as KubernetesObject & {metadata: {name: string; namespace: string}}),
			async remove(object, options = {}) {
				try {
					await objects.delete(object, undefined, undefined, options.graceSeconds, undefined, 'Background');
				} catch (error) {
					if (!(error instanceof KubeError && error.code === 404)) throw error;
				}
			},
			async events(namespace) {
				const {items} = await core.listNamespacedEvent({namespace});
				return items.toSorted((a, b) => timeOf(a) - timeOf(b));
			},
			bound: build,
		};
	};
	return build(undefined);
};

/** Loads a kubeconfig and answers its server's address. Throws UsageError when it cannot be used. */
export const loadKubeconfig = (config: KubeConfig, path: string, named?: string): string => {
	try {
		config.loadFromFile(path);
	} catch (cause) {
		throw new UsageError(`the kubeconfig ${path} cannot be used: ${messageOf(cause).split('\n')[0]}`, {cause});
	}
	if (named !== undefined) config.setCurrentContext(named);
	const context = config.getContextObject(config.getCurrentContext() ?? '');
	if (!context)
		throw new UsageError(
			`the kubeconfig ${path} cannot be used: ${named === undefined ? 'its current-context' : 'the context'} ` +
				`${JSON.stringify(config.getCurrentContext() ?? '')} is not among its contexts ` +
				`(${
					config
						.getContexts()
						.map(({name}) => name)
						.join(', ') || 'none'
				})`,
		);
	const server = config.getCurrentCluster()?.server;
	if (!server || !URL.canParse(server))
		throw new UsageError(`the kubeconfig ${path} cannot be used: its cluster ${JSON.stringify(context.cluster)} has no server address`);
	if (!config.getCurrentUser())
		throw new UsageError(`the kubeconfig ${path} cannot be used: its user ${JSON.stringify(context.user)} is not among its users`);
	return server;
};

type ClientNode = typeof import('@kubernetes/client-node');

/** Sends the calls: adds the time limit, reads the whole answer within it, and gives failures their verb and path. */
const library = (client: ClientNode, server: string, signal: AbortSignal | undefined): HttpLibrary => {
	const fetching = new client.IsomorphicFetchHttpLibrary();
	return client.wrapHttpLibrary({
		async send(request) {
			const call = {verb: request.getHttpMethod(), path: new URL(request.getUrl()).pathname, server};
			const limit = AbortSignal.timeout(API_TIMEOUT_MS);
			request.setSignal(signal ? AbortSignal.any([signal, limit]) : limit);
			let status: number, headers: Record<string, string>, text: string;
			try {
				const response = await fetching.send(request).toPromise();
				({httpStatusCode: status, headers} = response);
				text = await response.body.text();
			} catch (cause) {
				throw new KubeError(call, {
					transport: true,
					cause: limit.aborted ? new Error(`nothing within ${API_TIMEOUT_MS / 1000} s`, {cause}) : cause,
				});
			}
			if (status >= 300) throw new KubeError(call, {transport: false, code: status, body: text});
			return new client.ResponseContext(status, headers, new client.SelfDecodingBody(Promise.resolve(Buffer.from(text))));
		},
	});
};

const timeOf = (event: CoreV1Event): number =>
	new Date(event.eventTime ?? event.lastTimestamp ?? event.firstTimestamp ?? event.metadata.creationTimestamp ?? 0).getTime();
