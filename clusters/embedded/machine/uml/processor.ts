import {readFile} from 'node:fs/promises';

/** The numbers of a list as the kernel writes it, such as `0-1,4` (cpuset(7), "List format"). */
export const numbersIn = (list: string): readonly number[] =>
	list
		.trim()
		.split(',')
		.filter(Boolean)
		.flatMap(range => {
			const [first = 0, last = first] = range.split('-').map(Number);
			return Array.from({length: last - first + 1}, (_, index) => first + index);
		});

/**
 * The processor of this host where the kernel of a machine is to stay, of those that this process may use; machines of other slots take
 * turns. Such a kernel has one processor and runs in turn with the programs on it, a process of the host each: kernel and program hand over
 * to each other at each system call and page fault. Left to itself the host lets them change places between processors all the time, and a
 * program then starts in twice the time (docs/results/2026-12-01-one-processor.md).
 */
export const processorOf = async (slot: number): Promise<string> => {
	const allowed = numbersIn(/^Cpus_allowed_list:\s*(.*)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '');
	return String(allowed[slot % allowed.length] ?? 0);
};
