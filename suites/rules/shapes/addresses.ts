import type {IpFamily} from '../../../lib/target.ts';

/** What an external address of a Service is for. */
type Use = 'externalIP' | 'balancer';

type Addresses = {
	/** Of the range for benchmarks (RFC 2544, RFC 5180): no network routes it, and each seed has 256 for each use. */
	readonly external: (seed: number, index: number, use: Use) => string;
	/** Where nobody is (RFC 5737, RFC 3849); `last` is below 100. */
	readonly nobody: (last: number) => string;
	/** Ranges of sources: of pods, of nodes, and of nobody here. */
	readonly ranges: readonly string[];
	readonly everything: string;
};

export const ADDRESSES: Readonly<Record<IpFamily, Addresses>> = {
	ipv4: {
		external: (seed, index, use) => `198.${use === 'externalIP' ? 18 : 19}.${seed & 0xff}.${index & 0xff}`,
		nobody: last => `203.0.113.${last}`,
		ranges: ['10.0.0.0/8', '172.16.0.0/12', '192.0.2.0/24', '203.0.113.7/32', '198.51.100.0/25'],
		everything: '0.0.0.0/0',
	},
	ipv6: {
		external: (seed, index, use) =>
			`2001:2:0:${use === 'externalIP' ? 18 : 19}::${(0x1_00 | (seed & 0xff)).toString(16)}:${(index & 0xff).toString(16)}`,
		nobody: last => `2001:db8:71::${last}`,
		ranges: ['fd00:10::/32', 'fd00:172::/32', '2001:db8:2::/48', '2001:db8:71::7/128', '2001:db8:51:64::/64'],
		everything: '::/0',
	},
};

/** Whether an address, of whichever family, is one of those that a seed gives to Services. */
export const isOfSeed = (seed: number, ip: string): boolean =>
	Object.values(ADDRESSES).some(({external}) =>
		(['externalIP', 'balancer'] as const).some(use => ip.startsWith(external(seed, 0, use).slice(0, -1))),
	);
