import type {Command} from './fault.ts';

/** The kube-proxies of a machine by the name of their program; a node that is a container or a set of namespaces shows only its own. */
const EACH = 'for d in /proc/[0-9]*; do read -r name <"$d/comm" || continue; [ "$name" = kube-proxy ] || continue; pid=${d#/proc/}';

/**
 * Stopped (state T), and every program that it had started (iptables-restore, nft) has come to its end (state Z, nobody has waited for it):
 * only then do the rules stay as they are.
 */
const STOP = `found=
${EACH}; found=yes
	kill -STOP "$pid" || exit 1
	until grep -q '^State:.T' "$d/status"; do sleep 0.05; done
	for child in $(cat "$d"/task/*/children); do
		while [ -e "/proc/$child" ] && ! grep -q '^State:.Z' "/proc/$child/status"; do sleep 0.05; done
	done
done 2>/dev/null
[ -n "$found" ] || { echo 'no kube-proxy runs here' >&2; exit 1; }`;

const CONTINUE = `${EACH}; kill -CONT "$pid" || exit 1; done 2>/dev/null; exit 0`;

/** Stops the kube-proxy of a node where it stands. */
export const stopKubeProxy = (node: string): Command => ({kind: 'run', node, argv: ['sh', '-c', STOP]});

/** Lets it go on; it then brings the node up to date with all that has happened. */
export const continueKubeProxy = (node: string): Command => ({kind: 'run', node, argv: ['sh', '-c', CONTINUE]});
