import type {TestNode, Testbed} from './testbed.ts';

const STOPS = /^-A (?!KUBE-)\S+ (?=.*-p tcp )(?=.*--dports? (?:\S*,)?53(?:[, ]|$)).*-j (?:DROP|REJECT)/;

/** The rules of a text of `iptables-save` that stop DNS over TCP. */
export const tcpDnsStops = (rules: string): readonly string[] => rules.split('\n').filter(line => STOPS.test(line));

/** Those of a node, each with where it stands. */
export const tcpDnsStopsOn = async ({family}: Pick<Testbed, 'family'>, {name, shell}: TestNode): Promise<readonly string[]> =>
	tcpDnsStops((await shell.run([family === 'ipv6' ? 'ip6tables-save' : 'iptables-save', '-t', 'filter'])).stdout).map(
		rule => `${rule} on ${name}`,
	);
