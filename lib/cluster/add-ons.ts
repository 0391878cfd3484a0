import {UsageError} from '../usage.ts';
import type {PutIn} from '../../clusters/provider.ts';
import type {AddOn, ClusterRef} from '../target.ts';
import {loadProviders} from './providers.ts';

/** Has a cluster's provider put something into it; where it is there already, that changes nothing. */
export const putIn = async (cluster: ClusterRef, addOn: AddOn, context: Parameters<PutIn>[1]): Promise<void> => {
	const {provider: name} = cluster.target;
	const provider = (await loadProviders()).find(one => one.name === name);
	const put = provider?.addOns?.[addOn];
	if (!put) throw new UsageError(`the provider ${name} cannot put ${addOn} into a cluster, though this one says so`);
	await put(cluster, context);
};
