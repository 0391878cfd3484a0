import type {Command} from '../change/command.ts';
import {TRAITS} from '../model/modes/traits.ts';
import {ofFamily} from '../ip.ts';
import {succeed} from '../shell/succeed.ts';
import type {Testbed, TestNode} from '../testbed/testbed.ts';
import {firstOf} from './tools/choices.ts';
import {FaultError, type NodeFault, type Plan} from './tools/fault.ts';

/** At least one of the Services has connections; for the others there is nothing to delete, which the tool calls a failure. */
const FORGET = 'found=; for ip in "$@"; do conntrack -D -p tcp --orig-dst "$ip" >/dev/null && found=yes; done; [ -n "$found" ]';

const TIMEOUTS = /\(tcp tcpfin udp\): (\d+) (\d+) (\d+)/;

/** ipvs has a table of its own, of which no tool deletes: a connection that is silent for a second goes by itself. */
const forgetful = async ({name, shell}: TestNode): Promise<Plan> => {
	const said = await succeed(shell, ['ipvsadm', '--list', '--timeout']);
	const [, ...before] = TIMEOUTS.exec(said) ?? [];
	if (before.length === 0) throw new FaultError(`${name}: ipvsadm tells no timeouts: ${said}`);
	const set = (...seconds: readonly string[]): Command => ({kind: 'run', node: name, argv: ['ipvsadm', '--set', ...seconds]});
	return {inject: [set('1', '0', '0')], undo: [set(...before)]};
};

const forgotten = async ({kube, namespace, family}: Testbed, {name}: TestNode): Promise<Plan> => {
	const {items} = await kube.core.listNamespacedService({namespace});
	const ips = items.flatMap(
		({spec}) =>
			ofFamily(
				(spec?.clusterIPs ?? []).filter(ip => ip !== 'None'),
				family,
			) ?? [],
	);
	firstOf(ips, `no Service with an address in ${namespace}`);
	return {inject: [{kind: 'run', node: name, argv: ['sh', '-c', FORGET, 'forget', ...ips]}], undo: []};
};

const fault: NodeFault = {
	title: 'the kernel of one node forgets connections that are open',
	layer: 'conntrack',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: mode}),
	plan: async (testbed, node) => (TRAITS[testbed.mode].needsIpvs ? forgetful(node) : forgotten(testbed, node)),
};

export default fault;
