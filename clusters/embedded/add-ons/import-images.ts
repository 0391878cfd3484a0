import type {Machine} from '../machine/machine.ts';

/** Gives a node's containerd images that it keeps whatever its disk is like. */
export const importImages = async (
	node: Machine,
	archives: readonly Buffer[],
	options: {signal: AbortSignal; log: string},
): Promise<void> => {
	for (const stdin of archives)
		await node.run(['ctr', '-n', 'k8s.io', 'images', 'import', '--label', 'io.cri-containerd.pinned=pinned', '--digests', '-'], {
			stdin,
			...options,
		});
};
