import type {Change, Command} from './command.ts';

/** A node that may carry an address, and the interface on which it then has it. */
export type Carrier = {
	readonly name: string;
	readonly ip: string;
	readonly device: string;
};

/** On a file system that a boot makes anew: what was there before it names no process of now. */
const DIR = '/run/vipcheck-keepalived';

const END = `pid=$(cat ${DIR}/pid 2>/dev/null) && kill "$pid" 2>/dev/null
for try in $(seq 50); do [ -n "$pid" ] && [ -e "/proc/$pid" ] || break; sleep 0.1; done
ip address delete "$1/32" dev "$2" 2>/dev/null
rm -rf ${DIR}`;

/** It stays in the foreground of a session of its own: nothing that started it waits for it. */
const START = `${END}
mkdir -p ${DIR} && cat >${DIR}/keepalived.conf
setsid keepalived --vrrp --dont-fork --log-console --use-file=${DIR}/keepalived.conf --pid=${DIR}/pid --vrrp_pid=${DIR}/vrrp.pid \\
	</dev/null >${DIR}/log 2>&1 &
for try in $(seq 50); do [ -s ${DIR}/pid ] && [ -e "/proc/$(cat ${DIR}/pid)" ] && exit 0; sleep 0.1; done
cat ${DIR}/log >&2
exit 1`;

/** The first is preferred, also when it comes back; the peers tell each other by unicast, once a second (keepalived.conf(5)). */
const configOf = (ip: string, own: Carrier, other: Carrier, priority: number): string => `global_defs {
	router_id ${own.name}
}
vrrp_instance address {
	state BACKUP
	interface ${own.device}
	virtual_router_id 118
	priority ${priority}
	advert_int 1
	unicast_src_ip ${own.ip}
	unicast_peer {
		${other.ip}
	}
	virtual_ipaddress {
		${ip}/32 dev ${own.device}
	}
}
`;

const start = (ip: string, own: Carrier, other: Carrier, priority: number): Command => ({
	kind: 'run',
	node: own.name,
	argv: ['sh', '-c', START, 'start', ip, own.device],
	stdin: configOf(ip, own, other, priority),
});

/**
 * keepalived on two nodes, which carries an address on the first while that is alive, and else on the second (VRRP). `again`: starts that
 * of the first anew, which is gone after a boot.
 */
export const keepalived = (ip: string, first: Carrier, second: Carrier): Change & {readonly again: Command} => {
	const again = start(ip, first, second, 150);
	return {
		name: `keepalived carries ${ip}`,
		make: [again, start(ip, second, first, 100)],
		undo: [first, second].map(({name, device}) => ({
			kind: 'run',
			node: name,
			argv: ['sh', '-c', `${END}; exit 0`, 'end', ip, device],
		})),
		again,
	};
};
