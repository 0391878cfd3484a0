import {hostPort} from './host-port.ts';
import {remainder, type Remainder} from './remainder.ts';

/** A socket that waits for connections or datagrams. */
export type Listener = {
	readonly protocol: 'tcp' | 'udp';
	/** `*`: both families. */
	readonly address: string;
	readonly port: number;
	/** Bound to one interface. */
	readonly device?: string;
	/** Empty where the kernel does not tell whose it is. */
	readonly processes: readonly {readonly name: string; readonly pid: number}[];
};

export type ListenerDump = {readonly listeners: readonly Listener[]; readonly remainder: readonly Remainder[]};

const HEADING = /^Netid\s+State\s/;

/** Reads the text of `ss -l -t -u -n -p`, with or without its heading (-H). Total: other lines are in `remainder`. */
export const parseSs = (text: string): ListenerDump => {
	const listeners: Listener[] = [];
	const odd: Remainder[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		if (line.trim() === '' || HEADING.test(line)) continue;
		const [protocol, state, , , local = '', peer] = line.trim().split(/\s+/);
		const at = hostPort(local);
		if ((protocol === 'tcp' || protocol === 'udp') && state !== undefined && peer !== undefined && at) {
			const processes = [...line.matchAll(/\("((?:[^"\\]|\\.)*)",pid=(\d+),/g)].map(([, name = '', pid]) => ({
				name,
				pid: Number(pid),
			}));
			listeners.push({protocol, address: at.host, port: at.port, ...(at.device === undefined ? {} : {device: at.device}), processes});
		} else odd.push(remainder(index + 1, line, 'not a listener'));
	}
	return {listeners, remainder: odd};
};
