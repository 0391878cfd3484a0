import type {Fact} from '../../facts/fact.ts';
import type {IptablesDump} from '../../facts/parse/iptables-save.ts';
import type {IpFamily} from '../../target.ts';
import type {RuleFacts} from './mode.ts';

const isKept = ({tables}: IptablesDump): boolean => tables.get('nat')?.chains.has('KUBE-SERVICES') ?? false;

/**
 * The dump that holds kube-proxy's chains. Its image has a tool of its own, which may write to the other kernel interface than the node's
 * iptables-save shows (kubernetes#109811): then they are in what iptables-legacy-save shows.
 */
export const keptDump = (facts: RuleFacts, family: IpFamily): Fact<IptablesDump> => {
	const [shown, legacy] = family === 'ipv6' ? [facts.ip6tables, facts.ip6tablesLegacy] : [facts.iptables, facts.iptablesLegacy];
	return !(shown.ok && isKept(shown.value)) && legacy?.ok && isKept(legacy.value) ? legacy : shown;
};

/** A chain of kube-proxy, as the trace names it: those of kube-router, in k3s too, are none. */
export const isOwnChain = (where: string): boolean => /^(?:legacy )?(?:raw|mangle|nat|filter) KUBE-(?!ROUTER|POD-FW|NWPLCY)/.test(where);

/** iptables knows --random-fully since 1.6.2; kube-proxy writes it where its tool does, and an older one does not print it. */
const SINCE = [1, 6, 2] as const;

/** Whether the tool that wrote a dump prints `--random-fully`; one that does not say its version does. */
export const printsRandomFully = ({version}: IptablesDump): boolean => {
	const numbers = version?.split('.').map(Number) ?? [];
	const at = SINCE.findIndex((number, index) => (numbers[index] ?? 0) !== number);
	return version === undefined || at < 0 || (numbers[at] ?? 0) > SINCE[at]!;
};
