/**
 * Texts that people have in hand and that do not tell enough, or not in a form that is read: how each is known, what it is, and what to run
 * instead.
 */
type Unread = {
	readonly is: RegExp;
	readonly what: string;
	readonly instead: string;
};

const UNREAD: readonly Unread[] = [
	{is: /^Chain \S+ \((?:policy \S+|\d+ references)/m, what: 'iptables -L', instead: 'iptables-save'},
	{is: /^\[?\s*Num\s+Pkts|^num\s+pkts\s+bytes\s+target/m, what: 'iptables -L', instead: 'iptables-save'},
	{is: /^Active Internet connections/m, what: 'netstat', instead: 'ss -l -t -u -n -p'},
	{is: /^Kernel IP(?:v6)? routing table/m, what: 'route or netstat -r', instead: 'ip route show table all'},
	{is: /^\S+: flags=\d+<[^>]*>\s+mtu \d+|^\S+\s+Link encap:/m, what: 'ifconfig', instead: 'ip addr'},
	{is: /^<iptables-rules/m, what: 'iptables-xml', instead: 'iptables-save'},
	{is: /^Bridge table: /m, what: 'ebtables -L', instead: 'nft list ruleset'},
	{is: /^flush ruleset|^add (?:table|chain|rule) /m, what: 'a script for nft -f', instead: 'nft list ruleset'},
	{is: /^-A (?:-t|-u|--tcp-service|--udp-service) \S+:[a-z]/m, what: 'ipvsadm-save without -n', instead: 'ipvsadm-save -n'},
	{is: /^(?:TCP|UDP) {2}\S+:[a-z]\S* /m, what: 'ipvsadm -L without -n', instead: 'ipvsadm -Ln'},
	{is: /^(?:NAMESPACE\s+)?NAME\s+(?:[A-Z][A-Z-]+\s+){2}/m, what: 'a table of kubectl get', instead: 'kubectl get … -o yaml'},
	{is: /^Name: {2,}\S+\n(?:Namespace|Labels|Priority): /m, what: 'kubectl describe', instead: 'kubectl get … -o yaml'},
];

/** One line for a text that is not read: what it is, and what to run instead. */
export const unreadText = (text: string): string => {
	const known = UNREAD.find(({is}) => is.test(text));
	return known
		? `this is ${known.what}, which is not read: run ${known.instead} instead`
		: `not a text that is known, it begins with ${JSON.stringify(text.trimStart().split('\n')[0]?.slice(0, 80) ?? '')}: ` +
				'iptables-save, nft list ruleset, ipset save, ipvsadm-save -n, conntrack -L, ip addr, ip route, ss and kubectl get -o ' +
				'yaml are read';
};
