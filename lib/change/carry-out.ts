import {connect, type Kube} from '../kube.ts';
import {CHANGE_COMMAND_TIMEOUT_MS, NODE_READY_TIMEOUT_MS, ROLLOUT_TIMEOUT_MS} from '../limits.ts';
import {brief, tail} from '../shell/quote.ts';
import type {Shell} from '../shell/shell.ts';
import {openShells, type Machines, type Shells} from '../shell/shells.ts';
import {eventually} from '../wait/eventually.ts';
import {ChangeError, type Command} from './command.ts';
import {restartPods} from './restart-pods.ts';
import {rolledOut} from './rolled-out.ts';

/** What commands are carried out with. */
export type Tools = {readonly kube: Kube; readonly shells: Shells};

/** Those of a cluster; whoever asks for them closes the shells. */
export const toolsOf = async (cluster: Machines): Promise<Tools> => ({
	kube: await connect(cluster.kubeconfig),
	shells: await openShells(cluster),
});

const run = async (
	shell: Shell,
	{argv, stdin}: {readonly argv: readonly string[]; readonly stdin?: string},
	signal: AbortSignal,
): Promise<void> => {
	const {exitCode, stderr} = await shell.run(argv, {timeoutMs: CHANGE_COMMAND_TIMEOUT_MS, signal, ...(stdin !== undefined && {stdin})});
	if (exitCode !== 0)
		throw new ChangeError(
			`\`${brief(argv)}\` on ${shell.where} left with exit code ` +
				`${exitCode}${tail(stderr)}${stdin === undefined ? '' : `\nits input was:\n${stdin.trimEnd()}`}`,
		);
};

/** Carries out one command. Throws ChangeError, or what the shell or the API throws. */
export const carryOut = async (command: Command, {kube, shells}: Tools, signal: AbortSignal): Promise<void> => {
	switch (command.kind) {
		case 'run': {
			return run(shells.node(command.node), command, signal);
		}
		case 'beside': {
			return run(shells.at(command.access, command.where), command, signal);
		}
		case 'api': {
			await kube.bound(signal)[command.verb](command.object);
			return;
		}
		case 'rollout': {
			return eventually(
				`every pod of ${command.namespace}/${command.deployment ?? command.daemonSet} is of its newest template and Ready`,
				async () => rolledOut(kube.bound(signal), command),
				{timeoutMs: ROLLOUT_TIMEOUT_MS, signal, onTimeout: 'broken'},
			);
		}
		case 'restart': {
			return restartPods(kube.bound(signal), command, signal);
		}
		case 'gone': {
			return eventually(
				`no pod of ${command.selector} is left`,
				async () => {
					const {items} = await kube
						.bound(signal)
						.core.listNamespacedPod({namespace: command.namespace, labelSelector: command.selector});
					return items.length === 0
						? {done: true, value: undefined}
						: {done: false, observed: items.map(({metadata}) => metadata?.name).join(', ')};
				},
				{timeoutMs: ROLLOUT_TIMEOUT_MS, signal, onTimeout: 'broken'},
			);
		}
		case 'node-is': {
			return eventually(
				`node ${command.node} is ${command.ready ? '' : 'not '}Ready`,
				async () => {
					const {status} = await kube.bound(signal).core.readNode({name: command.node});
					const condition = status?.conditions?.find(({type}) => type === 'Ready');
					return (condition?.status === 'True') === command.ready
						? {done: true, value: undefined}
						: {done: false, observed: `Ready is ${condition?.status}: ${condition?.message}`};
				},
				{timeoutMs: NODE_READY_TIMEOUT_MS, signal, onTimeout: 'broken'},
			);
		}
	}
};
