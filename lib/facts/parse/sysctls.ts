import {remainder, type Remainder} from './remainder.ts';

/** Values as text: some are several numbers. */
export type Sysctls = {readonly values: ReadonlyMap<string, string>; readonly remainder: readonly Remainder[]};

/** Reads the text of `sysctl KEY …`: `net.ipv4.ip_forward = 1`. Total: other lines are in `remainder`. */
export const parseSysctls = (text: string): Sysctls => {
	const values = new Map<string, string>();
	const odd: Remainder[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		const [, key, value] = /^(\S+) = ?(.*)$/.exec(line) ?? [];
		if (key !== undefined && value !== undefined && !values.has(key)) values.set(key, value.trim());
		else if (line.trim() !== '')
			odd.push(remainder(index + 1, line, key === undefined ? 'not a sysctl with its value' : `${key} occurs twice`));
	}
	return {values, remainder: odd};
};
