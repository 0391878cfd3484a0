import type {Engine} from '../../lib/access.ts';
import type {ClusterRef} from '../../lib/target.ts';
import {containerAccess} from './engine.ts';

/** Marks every container of ours with its cluster's id. */
export const CLUSTER_LABEL = 'vipcheck.cluster';

export type OutsideOptions = {
	readonly engine: Engine;
	readonly id: string;
	/** An image with Node and iproute2. */
	readonly image: string;
	/** The network that the nodes are on. */
	readonly network: string;
	readonly dual: boolean;
};

/** Starts a host on the nodes' network that is no node. It outlives this process; `docker rm` by its label ends it. */
export const startOutside = async ({engine, id, image, network, dual}: OutsideOptions): Promise<NonNullable<ClusterRef['outside']>> => {
	// Its reaper would take the container away with this process, and is one more image from a registry.
	process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
	const {GenericContainer} = await import('testcontainers');
	const name = `vipcheck-${id}-outside`;
	const container = await new GenericContainer(image)
		.withName(name)
		.withLabels({[CLUSTER_LABEL]: id})
		.withNetworkMode(network)
		.withAddedCapabilities('NET_ADMIN', 'NET_RAW')
		.withEntrypoint(['/bin/sh', '-c'])
		.withCommand(['trap "exit 0" TERM; while :; do sleep 3600 & wait; done'])
		.start();
	const addresses = await container.exec(['ip', '-o', 'addr', 'show', 'scope', 'global']);
	const ips = [...addresses.output.matchAll(/inet6? ([\da-f.:]+)\//g)].map(match => match[1] as string);
	return {ips: dual ? ips : ips.filter(ip => !ip.includes(':')), access: containerAccess(engine, name)};
};
