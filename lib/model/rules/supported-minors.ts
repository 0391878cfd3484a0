import type {Mode, Support} from '../../target.ts';

/**
 * Minor versions of kube-proxy whose rules `expectedIptables`, `expectedNftables` and `expectedIpvs` know, first and last.
 * iptables: the sources of 1.35 to 1.37 make the same rules, and no change is known since 1.34.
 * nftables: the sources of 1.35 to 1.37; what they do otherwise is told by ../minors.ts.
 * ipvs: the sources of 1.35 to 1.37, which make the same rules.
 */
const KNOWN: Readonly<Record<Mode, readonly [first: number, last: number]>> = {iptables: [34, 37], nftables: [35, 37], ipvs: [35, 37]};

/** Whether the rules of a mode and minor version can be told exactly. */
export const knowsRules = (mode: Mode, minor: number): Support => {
	const [first, last] = KNOWN[mode];
	const versions = first === last ? `1.${first}` : `1.${first} to 1.${last}`;
	return minor >= first && minor <= last
		? {ok: true, how: `rules of ${mode} mode as kube-proxy ${versions} programs them`}
		: {ok: false, why: `the rules of ${mode} mode are known for kube-proxy ${versions}, this is 1.${minor}`};
};
