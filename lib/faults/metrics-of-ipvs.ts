import type {Command} from '../change/command.ts';
import {endProgram, startProgram} from './tools/background.ts';
import type {NodeFault} from './tools/fault.ts';

const NAME = 'metrics-of-ipvs';
const PORT = 20_249;
/** What an exporter of ipvs would have. */
export const ANSWERS = `require("node:http").createServer((_, response) =>
	response.end("# TYPE kubeproxy_ipvs_connections_total counter\\nkubeproxy_ipvs_connections_total 0\\n"),
).listen(Number(process.argv[1]), "127.0.0.1")`;

/** What the node itself asks of its kube-proxy is answered by another program. */
const RULE = ['OUTPUT', '-d', '127.0.0.1', '-p', 'tcp', '--dport', '10249', '-j', 'DNAT', '--to-destination', `127.0.0.1:${PORT}`];

const run = (node: string, ...argv: readonly string[]): Command => ({kind: 'run', node, argv});

const fault: NodeFault = {
	title: 'another program answers for the kube-proxy of one node, with a metric of ipvs',
	layer: 'kube-proxy',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: () => ({ok: true, how: 'a rule of iptables for the port of kube-proxy'}),
	plan: async (_, {name}) =>
		Promise.resolve({
			inject: [
				startProgram(name, NAME, ['node', '-e', ANSWERS, String(PORT)]),
				run(name, 'iptables', '-w', '-t', 'nat', '-I', ...RULE),
			],
			undo: [
				run(name, 'sh', '-c', 'while iptables -w -t nat -D "$@" 2>/dev/null; do :; done', 'delete', ...RULE),
				endProgram(name, NAME),
			],
		}),
};

export default fault;
