import type {Command} from '../change/command.ts';
import type {NodeFault} from './tools/fault.ts';

const MODULES = ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'];
const LIST = '/run/vipcheck-modules';

/** A kernel may have some built in, and others not at all: the list is another one, as far as this node's programs see. */
const SAY = `list=$1; shift
cat /proc/modules >"$list" || exit 1
for name in "$@"; do grep -q "^$name " "$list" || echo "$name 16384 0 - Live 0x0000000000000000" >>"$list"; done
exec mount --bind "$list" /proc/modules`;

const run = (node: string, ...argv: readonly string[]): Command => ({kind: 'run', node, argv: ['sh', '-c', ...argv]});

const fault: NodeFault = {
	title: 'one node has all modules of the kernel that ipvs is said to need',
	layer: 'kube-proxy',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: () => ({ok: true, how: 'another list at /proc/modules'}),
	plan: async (_, {name}) =>
		Promise.resolve({
			inject: [run(name, SAY, 'say', LIST, ...MODULES)],
			undo: [run(name, 'umount /proc/modules 2>/dev/null; rm -f "$1"; true', 'unsay', LIST)],
		}),
};

export default fault;
