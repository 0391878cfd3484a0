import {eventually} from '../check/eventually.ts';
import {connect, type Kube} from '../kube.ts';
import {FAULT_COMMAND_TIMEOUT_MS, ROLLOUT_TIMEOUT_MS} from '../limits.ts';
import {openShell} from '../shell/open.ts';
import {brief, tail} from '../shell/quote.ts';
import type {Shell} from '../shell/shell.ts';
import type {ClusterRef} from '../target.ts';
import {FaultError, type Command} from './fault.ts';

/** What commands are carried out with. */
export type Tools = {readonly kube: Kube; shell(node: string): Shell};

/** Those of a cluster. */
export const toolsOf = async ({kubeconfig, nodes}: Pick<ClusterRef, 'kubeconfig' | 'nodes'>): Promise<Tools> => ({
	kube: await connect(kubeconfig),
	shell(name) {
		const node = nodes.find(one => one.name === name);
		if (!node) throw new FaultError(`the cluster has no node ${name}; it has ${nodes.map(one => one.name).join(', ')}`);
		return openShell(node.access, name);
	},
});

/** Carries out one command. Throws FaultError, or what the shell or the API throws. */
export const carryOut = async (command: Command, {kube, shell}: Tools, signal: AbortSignal): Promise<void> => {
	switch (command.kind) {
		case 'run': {
			const {node, argv, stdin} = command;
			const {exitCode, stderr} = await shell(node).run(argv, {timeoutMs: FAULT_COMMAND_TIMEOUT_MS, signal, ...(stdin !== undefined && {stdin})});
			if (exitCode !== 0) throw new FaultError(`\`${brief(argv)}\` on ${node} left with exit code ${exitCode}${tail(stderr)}${stdin === undefined ? '' : `\nits input was:\n${stdin.trimEnd()}`}`);
			return;
		}
		case 'api': {
			const bound = kube.bound(signal);
			await (command.verb === 'apply' ? bound.apply(command.object) : bound.remove(command.object));
			return;
		}
		case 'rollout': {
			const {namespace, deployment} = command;
			await eventually(`every pod of ${namespace}/${deployment} is of its newest template and Ready`, async () => {
				const {metadata, spec, status} = await kube.bound(signal).apps.readNamespacedDeployment({namespace, name: deployment});
				const {replicas: all = 0, updatedReplicas: updated = 0, readyReplicas: ready = 0, observedGeneration = 0} = status ?? {};
				const wanted = spec?.replicas ?? 1;
				const done = observedGeneration >= (metadata?.generation ?? 0) && all === wanted && updated === wanted && ready === wanted;
				return done ? {done, value: undefined} : {done, observed: `${updated} of ${wanted} are of the newest template, ${ready} Ready, ${all} in all`};
			}, {timeoutMs: ROLLOUT_TIMEOUT_MS, signal, onTimeout: 'broken'});
		}
	}
};
