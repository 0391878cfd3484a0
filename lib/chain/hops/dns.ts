import {broken, hopOf, unknown, type Hop} from '../chain.ts';
import type {ChainFacts} from '../facts.ts';

const HOP = {name: 'the DNS servers of the cluster answer as the API says', layer: 'dns'} as const;

/** Each CoreDNS pod by itself. Nothing to say where the check asked no name. */
export const dnsHop = ({lookups}: Pick<ChainFacts, 'lookups'>): Hop => {
	if (!lookups) return hopOf(HOP, [], ['the check asked for no name']);
	if (!lookups.ok) return hopOf(HOP, [unknown(`${lookups.source}: ${lookups.why}`)]);
	return hopOf(
		HOP,
		lookups.value.flatMap(({server, question, faults}) => {
			if (!faults.ok) return [unknown(`${question} of ${server}: ${faults.why}`)];
			return faults.value.length === 0 ? [] : [broken(`${question} of ${server}: ${faults.value.join('; ')}`)];
		}),
		[`${lookups.value.length} answers`],
	);
};
