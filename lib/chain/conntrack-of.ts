import type {Fact} from '../facts/fact.ts';
import type {ConntrackDump} from '../facts/parse/conntrack.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';

/** What a node remembers of connections in a family. */
export const conntrackOf = ({facts}: Pick<WalkedNode, 'facts'>, family: ChainFacts['family']): Fact<ConntrackDump> =>
	family === 'ipv6' ? facts.conntrackIpv6 : facts.conntrack;
