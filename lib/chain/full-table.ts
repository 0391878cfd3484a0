import type {WalkedNode} from './facts.ts';

/** Share of the table that counts as full: the number is read a moment after something was lost. */
const FULL = 0.99;

/** Says that a node's conntrack table has no room, so that it drops every new connection; undefined: it has, or that is not known. */
export const fullTable = ({name, facts: {sysctls}}: Pick<WalkedNode, 'name' | 'facts'>): string | undefined => {
	const number = (key: string): number =>
		sysctls.ok ? Number(sysctls.value.values.get(`net.netfilter.nf_conntrack_${key}`) ?? Number.NaN) : Number.NaN;
	const [count, max] = [number('count'), number('max')];
	return count >= max * FULL ? `the conntrack table of ${name} is full: ${count} of ${max}` : undefined;
};
