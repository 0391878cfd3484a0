import {setTimeout as sleep} from 'node:timers/promises';
import {groupsLeft, processesIn, removeGroups} from './cgroup.ts';

/** How long killed processes may take to be gone; more means one hangs in the kernel. */
const GONE_TIMEOUT_MS = 20_000;

const kill = (pid: number): void => {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
};

/**
 * Ends every machine of a cluster, or one: kills all processes of its cgroups (a first process takes its whole pid namespace with it) and
 * removes the groups. With the processes go their namespaces, so links and mounts too. Idempotent.
 */
export const endMachines = async (id: string, machine?: string): Promise<void> => {
	const deadline = performance.now() + GONE_TIMEOUT_MS;
	for (;;) {
		const pids = await processesIn(id, machine);
		for (const pid of pids) kill(pid);
		if (pids.length === 0) {
			try {
				await removeGroups(id, machine);
			} catch (error) {
				// A group is busy for a moment after its last process has gone from its list.
				if (!['EBUSY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '') || performance.now() > deadline) throw error;
			}
			if ((await groupsLeft(id, machine)).length === 0) return;
		}
		if (performance.now() > deadline)
			throw new Error(
				`cluster ${id}${machine === undefined ? '' : `, machine ${machine}`}: processes ${pids.join(', ')} do not end ` +
					`(SIGKILL sent ${GONE_TIMEOUT_MS / 1000} s ago)`,
			);
		await sleep(20);
	}
};
