import {remainder, type Remainder} from './remainder.ts';

/**
 * `state`: R, S, D, T (stopped), Z (dead, nobody has waited for it) with further letters; `command` is cut to 15 characters by the kernel.
 */
export type Process = {
	readonly pid: number;
	readonly state: string;
	readonly command: string;
};

export type Processes = {readonly processes: readonly Process[]; readonly remainder: readonly Remainder[]};

/** Reads the text of `ps -e -o pid,stat,comm`, with its head. Total: other lines are in `remainder`. */
export const parsePs = (text: string): Processes => {
	const processes: Process[] = [];
	const odd: Remainder[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		const [, pid, state, command] = /^\s*(\d+)\s+([A-Za-z]\S*)\s+(\S.*?)\s*$/.exec(line) ?? [];
		if (pid !== undefined && state !== undefined && command !== undefined)
			processes.push({pid: Number(pid), state, command: command.replace(/ <defunct>$/, '')});
		else if (line.trim() !== '' && !/^\s*PID\s+STAT\s+COMMAND\s*$/.test(line)) odd.push(remainder(index + 1, line, 'not a process'));
	}
	return {processes, remainder: odd};
};
