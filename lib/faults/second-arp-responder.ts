import {announcedBy, watchArp} from '../testbed/arp-watch.ts';
import type {Testbed, TestNode} from '../testbed/testbed.ts';
import type {Command} from '../change/command.ts';
import {balancerAddress} from './tools/balancer-address.ts';
import {firstOf} from './tools/choices.ts';
import {FaultError, type NodeFault, type Plan} from './tools/fault.ts';

/** A worker that does not announce it. */
const choose = async (testbed: Testbed): Promise<TestNode> => {
	const {outside} = testbed;
	if (!outside) throw new FaultError('ARP is heard by the host outside, and there is none');
	const ip = await balancerAddress(testbed);
	const watch = await watchArp({...testbed, outside}, [ip]);
	try {
		const announcer = await announcedBy(testbed, watch, ip);
		return firstOf(
			testbed.workers.filter(({name}) => name !== announcer.name),
			'no worker beside the announcer',
		);
	} finally {
		await watch.close();
	}
};

/** A kernel answers ARP for all addresses that it has, on whichever interface they are (arp_ignore 0). */
const plan = async (testbed: Testbed, {name, ip: own}: TestNode): Promise<Plan> => {
	const ip = await balancerAddress(testbed);
	const command = (verb: string): Command => ({
		kind: 'run',
		node: name,
		argv: ['sh', '-c', `ip address ${verb} "$1" dev "$(ip -oneline address show to "$2" | awk '{print $2}')"`, verb, `${ip}/32`, own],
	});
	return {inject: [command('replace')], undo: [command('replace'), command('delete')]};
};

const fault: NodeFault = {
	title: 'another node has the address of the load balancer and answers ARP for it',
	layer: 'link',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: () => ({ok: true, how: 'an address of its interface'}),
	choose,
	plan,
};

export default fault;
