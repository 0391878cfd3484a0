import type {IptablesRule} from '../../../facts/parse/iptables-rule.ts';
import type {IptablesChain, IptablesDump} from '../../../facts/parse/iptables-save.ts';
import type {Container, Graph, Part} from '../graph.ts';
import {CHAIN_NAMES} from '../chain-names.ts';
import {container, graphOf, part} from '../part.ts';
import {canonicalPieces} from './canonical.ts';
import {sharesOf} from './draws.ts';
import {isPortChain} from './names.ts';
import {roleOfChain, roleOfRule} from './roles.ts';

/**
 * Of all modes: kube-proxy does not take the chains of ipvs mode down when it goes on in iptables mode, nor those of iptables mode.
 * KUBE-FIREWALL is kubelet's too.
 */
const NAMES: ReadonlySet<string> = new Set(['KUBE-FIREWALL', ...Object.values(CHAIN_NAMES).flat()]);
const BUILT_IN = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

/**
 * Whether a chain is kube-proxy's, expected or left behind. KUBE-KUBELET-CANARY and KUBE-IPTABLES-HINT are kubelet's, all others somebody
 * else's.
 */
const isOurs = (name: string): boolean => NAMES.has(name) || isPortChain(name);

const ABOUT = /(?:^|(?:traffic for|other traffic to) )([a-z\d-]+\/[a-z\d-]+(?::[a-z\d-]+)?)(?: |$)/;

/** Of which Service's port a rule is, by its comment. */
const aboutComment = (comment = ''): string | undefined => ABOUT.exec(comment)?.[1];

const isShared = (where: string): boolean =>
	/^(?:nat|filter) KUBE-(?:EXTERNAL-)?(?:SERVICES|NODEPORTS|PROXY-FIREWALL)$|KUBE-FW-/.test(where);

/**
 * Of which Service's port each port's chain is, by the comments and by who jumps to it: above 1,000 endpoints kube-proxy leaves the
 * comments of endpoints out (largeClusterMode, pkg/proxy/iptables/proxier.go).
 */
const ownersOf = (chains: readonly IptablesChain[]): ReadonlyMap<string, string> => {
	const owners = new Map<string, string>();
	const jumps = new Map(chains.map(({name, rules}) => [name, rules.map(({target = ''}) => target)]));
	const claim = (name: string, about: string | undefined): void => {
		if (about !== undefined && isPortChain(name) && !owners.has(name)) owners.set(name, about);
	};
	const told = chains.flatMap(({name, rules}) => rules.map(({comment, target = ''}) => ({name, target, about: aboutComment(comment)})));
	// What a chain says of itself before what others say of it.
	for (const {name, about} of told) claim(name, about);
	for (const {target, about} of told) claim(target, about);
	// Those that are found on the way come in turn, too.
	for (const [name, about] of owners) for (const target of jumps.get(name) ?? []) claim(target, about);
	return owners;
};

const partsOf = (where: string, rules: readonly IptablesRule[], owner: string | undefined): readonly Part[] => {
	const pieces = rules.map(rule => canonicalPieces(rule));
	const shares = isPortChain(where.split(' ')[1] ?? '') ? sharesOf(pieces) : [];
	return rules.map(({comment}, index) => {
		const [own = [], share] = [pieces[index], shares[index]];
		return part(own, {role: roleOfRule(where, own), about: aboutComment(comment) ?? owner, ...(share && {share})});
	});
};

const chainOf = ({table, name, rules}: IptablesChain, owner: string | undefined): readonly Container[] => {
	const where = `${table} ${name}`;
	const parts = partsOf(where, rules, owner);
	if (isOurs(name))
		return [
			container({
				where,
				kind: 'chain',
				ordered: !isShared(where),
				role: roleOfChain(where),
				about: owner,
				parts,
			}),
		];
	if (!BUILT_IN.has(name)) return [];
	const jumps = parts.filter((_, index) => isOurs(rules[index]?.target ?? ''));
	return [container({where, kind: 'chain', ordered: false, role: 'frame', parts: jumps, ...(jumps.length === 0 && {leftover: true})})];
};

/**
 * All that is kube-proxy's in a dump of iptables of one family: its chains, and the jumps to them from the built-in chains. What the dump's
 * parser did not understand is in no graph.
 */
export const actualIptables = ({tables}: IptablesDump): Graph => {
	const chains = [...tables.values()].flatMap(({chains: own}) => [...own.values()]);
	const owners = ownersOf(chains);
	return graphOf(chains.flatMap(chain => chainOf(chain, owners.get(chain.name))));
};

/** Whether kube-proxy of a node could make its nfacct counters: then some of its rules name one (`NodeFacts.nfacct`). */
export const usesNfacct = ({tables}: IptablesDump): boolean =>
	[...tables.values()].some(({chains}) =>
		[...chains.values()].some(
			({name, rules}) => isOurs(name) && rules.some(({matches}) => matches.some(({module}) => module === 'nfacct')),
		),
	);
