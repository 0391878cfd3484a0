import type {Command} from '../../change/command.ts';

/** Where the number of its process stands: gone with a boot, as the process is. */
const pidFile = (name: string): string => `/run/vipcheck-${name}.pid`;

/** In a session of its own, so that it outlives the shell; given up where it has ended again before the third look. */
const START = `file=$1; shift
setsid "$@" </dev/null >/dev/null 2>&1 &
echo $! >"$file"
for look in 1 2 3; do sleep 0.1; kill -0 "$(cat "$file")" || exit 1; done`;

const END = 'read -r pid <"$1" && kill "$pid"; rm -f "$1"; true';

/** Starts a program of a node that goes on by itself; `name`: one of a kind on the node. */
export const startProgram = (node: string, name: string, argv: readonly string[]): Command => ({
	kind: 'run',
	node,
	argv: ['sh', '-c', START, 'start', pidFile(name), ...argv],
});

/** Ends it; one that is not there is no error. */
export const endProgram = (node: string, name: string): Command => ({
	kind: 'run',
	node,
	argv: ['sh', '-c', `{ ${END}; } 2>/dev/null`, 'end', pidFile(name)],
});
