import type {Command} from '../change/command.ts';
import {TRAITS} from '../model/modes/traits.ts';
import type {IpFamily} from '../target.ts';
import type {NodeFault} from './tools/fault.ts';

type Scripts = {readonly inject: string; readonly undo: string};

/** As of versions that asked for other packets: the newer ones look for their own jump alone, and leave all others. */
const jump = (family: IpFamily): Scripts => {
	const edit = (verb: string): string =>
		`${family === 'ipv6' ? 'ip6tables' : 'iptables'} -w -t nat ${verb} PREROUTING -m comment --comment "kubernetes service portals" ` +
		'-m conntrack --ctstate NEW -j KUBE-SERVICES';
	return {inject: edit('-A'), undo: `${edit('-D')} 2>/dev/null; true`};
};

/** As up to 1.35: newer ones empty the chains that they know, and those of Services that are gone (pkg/proxy/nftables/proxier.go). */
const chain = (family: IpFamily): Scripts => {
	const name = `${family === 'ipv6' ? 'ip6' : 'ip'} kube-proxy mark-for-masquerade`;
	return {
		inject: `nft "add chain ${name}; add rule ${name} meta mark set mark or 0x4000"`,
		undo: `nft "add chain ${name}; flush chain ${name}; delete chain ${name}"`,
	};
};

const fault: NodeFault = {
	title: 'one node holds a rule of an older kube-proxy that newer ones do not know',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: mode}),
	async plan({mode, family}, {name}) {
		const {inject, undo} = TRAITS[mode].needsNfTables ? chain(family) : jump(family);
		const run = (script: string): Command => ({kind: 'run', node: name, argv: ['sh', '-c', script]});
		return Promise.resolve({inject: [run(inject)], undo: [run(undo)]});
	},
};

export default fault;
