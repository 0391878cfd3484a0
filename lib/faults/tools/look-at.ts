import type {IptablesRule} from '../../facts/parse/iptables-rule.ts';
import {parseIptablesSave, type IptablesDump} from '../../facts/parse/iptables-save.ts';
import type {TestNode} from '../../testbed/testbed.ts';
import {LOOK_TIMEOUT_MS} from '../../limits.ts';
import {quote, tail} from '../../shell/quote.ts';
import type {IpFamily} from '../../target.ts';
import {FaultError} from './fault.ts';

type Shelled = Pick<TestNode, 'shell'>;

const textOf = async ({shell}: Shelled, argv: readonly string[]): Promise<string> => {
	const {exitCode, stdout, stderr} = await shell.run(argv, {timeoutMs: LOOK_TIMEOUT_MS});
	if (exitCode !== 0) throw new FaultError(`${quote(argv)} on ${shell.where} left with exit code ${exitCode}${tail(stderr)}`);
	return stdout;
};

/** All rules of a node's iptables in one family, as text. */
export const readIptables = async (node: Shelled, family: IpFamily): Promise<string> =>
	textOf(node, [family === 'ipv6' ? 'ip6tables-save' : 'iptables-save']);

/** The same, rule by rule. */
export const rulesOf = ({tables}: IptablesDump): readonly IptablesRule[] =>
	[...tables.values()].flatMap(({chains}) => [...chains.values()].flatMap(({rules}) => rules));
export const readRules = async (node: Shelled, family: IpFamily): Promise<readonly IptablesRule[]> =>
	rulesOf(parseIptablesSave(await readIptables(node, family), family));

/** kube-proxy's nft table on a node, as text. */
export const readNftables = async (node: Shelled, family: IpFamily): Promise<string> =>
	textOf(node, ['nft', 'list', 'table', family === 'ipv6' ? 'ip6' : 'ip', 'kube-proxy']);
