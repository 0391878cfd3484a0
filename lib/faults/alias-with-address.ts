import {addressType, serviceName} from '../model/dns-names.ts';
import type {Testbed} from '../testbed/testbed.ts';
import {firstOf} from './tools/choices.ts';
import {NOBODY, type Forged} from './tools/corefile.ts';
import {forgedDns} from './tools/dns-fault.ts';

/** The addresses that the aliases of the namespace are answered with. */
const forge = async ({kube, namespace, family}: Testbed): Promise<readonly Forged[]> => {
	const {items} = await kube.core.listNamespacedService({namespace});
	const aliases = items.filter(({spec}) => spec?.type === 'ExternalName');
	firstOf(aliases, `no alias in ${namespace}`);
	const type = addressType(family);
	return aliases.map(({metadata = {}}) => {
		const name = serviceName(metadata);
		return {name, type, answers: [{name, type, ttl: 30, data: NOBODY[type]}], additionals: []};
	});
};

export default forgedDns('CoreDNS answers for an alias with an address', forge);
