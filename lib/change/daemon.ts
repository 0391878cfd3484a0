import type {Command} from './command.ts';

/**
 * The processes of a machine by the name of their program, which the kernel cuts to 15 characters (proc(5), comm); a node that is a
 * container or a set of namespaces shows only its own.
 */
const EACH =
	'for d in /proc/[0-9]*; do read -r name <"$d/comm" || continue; [ "$name" = "$(printf %.15s "$1")" ] || continue; pid=${d#/proc/}';

/**
 * Stopped (state T), and every program that it had started (iptables-restore, nft) has come to its end (state Z, nobody has waited for it):
 * only then do the rules stay as they are. A child that talks with its stopped parent over a full pipe would never end:
 * then the daemon goes on for a moment, and is stopped again.
 */
const STOP = `exec 3>&2; found=
${EACH}; found=yes
	for try in $(seq 20); do
		kill -STOP "$pid" || exit 1
		until grep -q '^State:.T' "$d/status"; do sleep 0.02; done
		for wait in $(seq 20); do
			busy=
			for child in $(cat "$d"/task/*/children); do
				[ ! -e "/proc/$child" ] || grep -q '^State:.Z' "/proc/$child/status" || busy=yes
			done
			[ -n "$busy" ] || continue 3
			sleep 0.05
		done
		kill -CONT "$pid"
		sleep 0.3
	done
	echo "$1 has children at work whenever it is stopped" >&3
	exit 1
done 2>/dev/null
[ -n "$found" ] || { echo "no $1 runs here" >&2; exit 1; }`;

const CONTINUE = `${EACH}; kill -CONT "$pid" || exit 1; done 2>/dev/null; exit 0`;

/** Stops a daemon of a node where it stands (SIGSTOP); it keeps its sockets, and its rules stay. */
export const stopDaemon = (node: string, name: string): Command => ({kind: 'run', node, argv: ['sh', '-c', STOP, 'stop', name]});

/** Lets it go on; kube-proxy then brings the node up to date with all that has happened. */
export const continueDaemon = (node: string, name: string): Command => ({
	kind: 'run',
	node,
	argv: ['sh', '-c', CONTINUE, 'continue', name],
});

const KILL = `found=
${EACH}; kill -KILL "$pid" && found=yes; done 2>/dev/null
[ -n "$found" ] || { echo "no $1 runs here" >&2; exit 1; }`;

/** Ends a daemon without a word of farewell (SIGKILL); whoever looks after it starts it again. */
export const killDaemon = (node: string, name: string): Command => ({kind: 'run', node, argv: ['sh', '-c', KILL, 'kill', name]});
