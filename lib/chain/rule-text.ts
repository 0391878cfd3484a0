import type {QuotedRule} from '../trace/fates.ts';
import type {WalkedNode} from './facts.ts';

const POLICY = /^policy (?<policy>\w+)$/;

/** Whether a chain of nft has no rule at all; those of iptables are not asked. */
const isEmpty = ({facts: {nft}}: WalkedNode, where: string): boolean => {
	const [family = '', table = '', chain = ''] = where.split(' ');
	return nft.ok && nft.value.tables.get(`${family} ${table}`)?.chains.get(chain)?.rules.length === 0;
};

/** The rule as it stands in the dump, with its table and node. */
export const ruleText = (node: WalkedNode, {where, text}: QuotedRule): string => {
	const [first = '', second] = where.split(' ');
	const isIptables = where.split(' ').length === 2 || first === 'legacy';
	const policy = POLICY.exec(text)?.groups?.['policy'];
	if (policy === undefined) return `${isIptables ? (first === 'legacy' ? `legacy ${second}` : first) : where} on ${node.name}: ${text}`;
	return (
		`${where} on ${node.name} has the policy ${isIptables ? policy.toUpperCase() : policy} and no ` +
		`rule${isEmpty(node, where) ? '' : ' that accepts them'}`
	);
};
