import {parseMetrics} from '../facts/parse/metrics.ts';
import {withPort} from '../ip.ts';
import {LOOK_TIMEOUT_MS} from '../limits.ts';
import {TransportError} from '../shell/shell.ts';
import {dnsServers} from './lookups.ts';
import type {Testbed} from './testbed.ts';

/** Where CoreDNS tells its numbers (its plugin prometheus, as kubeadm's Corefile has it). */
const PORT = 9153;

/**
 * How many questions of a type each DNS server has been asked over UDP since it started, by its pod's name; asked from the first node.
 * Throws TransportError where one does not say.
 */
export const questionsSeen = async (testbed: Testbed, type: string): Promise<ReadonlyMap<string, number>> => {
	const [asking] = testbed.nodes;
	const servers = await dnsServers(testbed);
	return new Map(
		await Promise.all(
			servers.map(async ({name, ip}) => {
				const url = `http://${withPort(ip, PORT)}/metrics`;
				const answer = await asking?.shell.run(['curl', '--silent', '--show-error', '--fail', '--max-time', '10', url], {
					timeoutMs: LOOK_TIMEOUT_MS,
					signal: testbed.signal,
				});
				if (answer?.exitCode !== 0)
					throw new TransportError(`${name} does not tell its numbers at ${url}: ${answer?.stderr.trim()}`);
				const {samples} = parseMetrics(answer.stdout);
				const own = samples.filter(
					({name: metric, labels}) =>
						metric === 'coredns_dns_requests_total' && labels['type'] === type && labels['proto'] === 'udp',
				);
				return [name, own.reduce((sum, {value}) => sum + value, 0)] as const;
			}),
		),
	);
};
