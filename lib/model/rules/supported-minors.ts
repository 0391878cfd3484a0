import type {Mode, Support} from '../../target.ts';

/**
 * Minor versions of kube-proxy whose rules `expectedIptables` and `expectedNftables` know, first and last.
 * iptables: 1.36 from its source; CHANGELOG-1.36 names no change of rules since 1.35, and none is known since 1.34.
 * nftables: 1.36 rewrote masquerading and left out endpoint chains (kubernetes#135800, #136499); from 1.37 a single endpoint has no map (#140723).
 */
const KNOWN: Readonly<Record<Mode, readonly [first: number, last: number] | undefined>> = {iptables: [34, 36], nftables: [36, 36], ipvs: undefined};

/** Whether the rules of a mode and minor version can be told exactly. */
export const knowsRules = (mode: Mode, minor: number): Support => {
	const known = KNOWN[mode];
	if (!known) return {ok: false, why: `the rules of ${mode} mode are not modelled`};
	const [first, last] = known;
	const versions = first === last ? `1.${first}` : `1.${first} to 1.${last}`;
	return minor >= first && minor <= last
		? {ok: true, how: `rules of ${mode} mode as kube-proxy ${versions} programs them`}
		: {ok: false, why: `the rules of ${mode} mode are known for kube-proxy ${versions}, this is 1.${minor}`};
};
