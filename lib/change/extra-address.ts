import {ipFamilyOf} from '../ip.ts';
import type {Change, Command} from './command.ts';

type Place = {readonly name: string; readonly ip: string};

const script = (node: string, text: string, ...args: readonly string[]): Command => ({
	kind: 'run',
	node,
	argv: ['sh', '-c', text, 'address', ...args],
});
const exactly = (ip: string): string => `${ip}/${ipFamilyOf(ip) === 'ipv6' ? 128 : 32}`;

const PAIR = ['vipcheck-extra', 'vipcheck-peer'] as const;

/** The interface that has an address: `3: eth0    inet …`. */
const DEVICE = 'dev=$(ip -o addr show to "$1" | { read -r _ name _; echo "$name"; });';

/** The node gets a second address at the interface that has its first. */
export const secondAddress = ({name, ip}: Place, extra: string): Change => ({
	name: `${name} has the address ${extra} too`,
	make: [script(name, `${DEVICE} exec ip addr replace "$2" dev "$dev"`, ip, exactly(extra))],
	undo: [script(name, `${DEVICE} ip addr del "$2" dev "$dev" 2>/dev/null; true`, ip, exactly(extra))],
});

/** The node gets a second interface with an address of its own. Of a pair, as pods have them: not every kernel has dummies. */
export const secondInterface = ({name}: Place, extra: string): Change => ({
	name: `${name} has a second interface, with ${extra}`,
	make: [
		script(
			name,
			'ip link add "$1" type veth peer name "$2" && ip addr add "$3" dev "$1" && ip link set "$2" up && exec ip link set "$1" up',
			...PAIR,
			exactly(extra),
		),
	],
	undo: [script(name, 'ip link del "$1" 2>/dev/null; true', ...PAIR)],
});
