import {needed} from '../../../lib/facts/fact.ts';
import {gatherNode} from '../../../lib/gather/gather-node.ts';
import {parseLinks} from '../../../lib/facts/parse/ip-json.ts';
import {parseIpsetSave} from '../../../lib/facts/parse/ipset-save.ts';
import {parseIptablesSave} from '../../../lib/facts/parse/iptables-save.ts';
import {parseIpvsadmSave} from '../../../lib/facts/parse/ipvsadm-save.ts';
import {parseNft} from '../../../lib/facts/parse/nft.ts';
import {leftovers} from '../../../lib/model/rules/leftovers.ts';
import type {Mode} from '../../../lib/target.ts';
import type {TestNode} from '../../../lib/testbed/testbed.ts';

/** What another mode's kube-proxy has left on a node. Throws TransportError where something could not be looked at. */
export const leftoversOn = async ({name, shell}: TestNode, mode: Mode, signal: AbortSignal): Promise<readonly string[]> => {
	const texts = await gatherNode(shell, {names: ['iptables', 'ip6tables', 'nft', 'ipset', 'ipvs', 'links'], signal});
	return leftovers(mode, {
		iptables: [parseIptablesSave(needed(name, texts.iptables), 'ipv4'), parseIptablesSave(needed(name, texts.ip6tables), 'ipv6')],
		nft: parseNft(needed(name, texts.nft)),
		ipset: parseIpsetSave(needed(name, texts.ipset)),
		ipvs: parseIpvsadmSave(needed(name, texts.ipvs)),
		links: parseLinks(needed(name, texts.links)).items.map(link => link.name),
	});
};
