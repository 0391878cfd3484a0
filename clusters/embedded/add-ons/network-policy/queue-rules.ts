import type {Family} from '../../../../lib/target.ts';
import {podSubnet, versionsOf} from '../../addresses.ts';
import {QUEUE} from './manifest.ts';

/** A directory of services that the first process of a machine starts, again after a boot. */
const SERVICE = '/etc/machine/services/network-policy';

const TRY = 'inet vipcheck-try';
const HAND_OVER = `-j NFQUEUE --queue-num ${QUEUE} --queue-bypass`;

/**
 * The program's own rules hand new connections over by nftables' queue, and where the kernel lacks that (NFT_QUEUE) it enforces nothing and
 * says so in its log alone. There these do it: what is to or from pods, after the translation of its destination and before that of its
 * source. What the node itself sends passes: kubelet's probes. Without the program packets pass, too.
 */
const scriptOf = (family: Family): string => `#!/bin/sh
exec >>/var/log/network-policy.log 2>&1
add() {
	tool=$1
	shift
	"$tool" -w -t mangle -C POSTROUTING "$@" 2>/dev/null || "$tool" -w -t mangle -A POSTROUTING "$@"
}
if nft 'add table ${TRY}; add chain ${TRY} try; add rule ${TRY} try queue num ${QUEUE}'; then
	nft 'delete table ${TRY}'
else
${versionsOf(family)
	.flatMap(version => {
		const tool = version === 6 ? 'ip6tables' : 'iptables';
		return [
			`	add ${tool} -m owner --uid-owner 0 -j ACCEPT`,
			...['-s', '-d'].map(way => `	add ${tool} -m conntrack --ctstate NEW ${way} ${podSubnet(version)} ${HAND_OVER}`),
		];
	})
	.join('\n')}
fi
exec sleep infinity
`;

/** A program for each node that hands the script over to the machine's first process. */
export const queueRules = (family: Family): {readonly argv: readonly string[]; readonly stdin: string} => ({
	argv: ['sh', '-ec', `mkdir -p ${SERVICE}; cat >${SERVICE}/new; chmod 755 ${SERVICE}/new; mv ${SERVICE}/new ${SERVICE}/run`],
	stdin: scriptOf(family),
});
