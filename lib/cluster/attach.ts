import {apiError} from '../kube-error.ts';
import {connect} from '../kube.ts';
import type {ClusterRef} from '../target.ts';
import {UsageError, messageOf} from '../usage.ts';
import {findCluster} from './clusters.ts';
import {ownerMeanwhile} from './owner.ts';

/**
 * Finds a cluster that exists, by id or directory, and looks whether its API answers. Throws UsageError, in one line, where it cannot be
 * used.
 */
export const attach = async (name: string): Promise<ClusterRef> => {
	const {id, dir, owner, alive, ref} = await findCluster(name);
	if (alive && owner?.kept !== true)
		throw new UsageError(`cluster ${id} belongs to process ${owner?.pid}, which is running and will take it down`);
	if (!ref) throw new UsageError(`cluster ${id} is not complete: \`vipcheck clean\` removes it`);
	const user = await ownerMeanwhile(dir);
	if (user) throw new UsageError(`cluster ${id} is in use by process ${user.pid}: wait for it, or make another with \`vipcheck up\``);
	const kube = await connect(ref.kubeconfig);
	try {
		await kube.version.getCode();
	} catch (cause) {
		throw new UsageError(`cluster ${id} cannot be used: ${apiError(cause)?.line ?? messageOf(cause)}`, {cause});
	}
	return ref;
};
