import type {CommandResult} from '../shell/shell.ts';
import type {TestNode} from './testbed.ts';

/** In the network namespace that has the address $1, as containerd and CRI-O keep them. */
const IN = `for netns in /var/run/netns/*; do
	nsenter --net="$netns" ip -o addr | grep -qF " $1/" || continue
	shift
	exec nsenter --net="$netns" "$@"
done
echo "no network namespace of /var/run/netns has $1" >&2
exit 1`;

/** Runs a program of a node in the network of one of its pods; whatever it leaves with is a result. */
export const inPodNetwork = async (
	{shell}: Pick<TestNode, 'shell'>,
	podIp: string,
	argv: readonly string[],
	stdin?: string,
): Promise<CommandResult> => shell.run(['sh', '-c', IN, 'in', podIp, ...argv], stdin === undefined ? {} : {stdin});
