import type {ExpectedAnswer} from '../dns-record.ts';
import {DNS_PODS, DNS_SERVICE} from '../model/dns-names.ts';
import {podIp} from '../model/pods.ts';
import {ask, type Asked} from '../probe/ask.ts';
import type {Vantage} from '../probe/vantage.ts';
import {eventually} from '../wait/eventually.ts';
import {DNS_FOLLOWS_TIMEOUT_MS} from '../limits.ts';
import {Violation} from '../record/problem.ts';
import {nameServersReady} from './name-servers.ts';
import type {Testbed} from './testbed.ts';

type Server = {
	readonly name: string;
	readonly ip: string;
	readonly node: string;
};
type AskedFrom = {
	readonly question: ExpectedAnswer;
	readonly server: Server;
	readonly from: string;
	readonly protocol: Protocol;
} & Asked;

type Protocol = 'UDP' | 'TCP';

/** Every CoreDNS pod, to be asked by itself: one that answers wrongly hides behind the Service. */
export const dnsServers = async (testbed: Testbed): Promise<readonly Server[]> => {
	const {items} = await testbed.kube.core.listNamespacedPod(DNS_PODS);
	return items.flatMap(pod => {
		const {metadata, spec} = pod;
		const ip = podIp(pod, testbed.family);
		return metadata?.name && ip && !metadata.deletionTimestamp ? [{name: metadata.name, ip, node: spec?.nodeName ?? ''}] : [];
	});
};

const askAll = async (
	places: readonly Vantage[],
	servers: readonly Server[],
	questions: readonly ExpectedAnswer[],
	protocols: readonly Protocol[] = ['UDP'],
): Promise<readonly AskedFrom[]> =>
	Promise.all(
		places.flatMap(place =>
			servers.flatMap(server =>
				questions.flatMap(question =>
					protocols.map(async protocol => ({
						question,
						server,
						from: place.name,
						protocol,
						...(await ask(place, server.ip, question, protocol)),
					})),
				),
			),
		),
	);

const tell = ({question, server, from, protocol, faults}: AskedFrom): string =>
	`${question.type} ${question.name} of ${server.name} from ${from}${protocol === 'TCP' ? ' over TCP' : ''}: ${faults.join('; ')}`;

/** Waits until every DNS server has followed the API, as a pod on the first worker sees it: DNS has no other evidence than its answers. */
export const dnsFollows = async (testbed: Testbed, questions: readonly ExpectedAnswer[]): Promise<void> => {
	await nameServersReady(testbed);
	const [servers, place] = await Promise.all([dnsServers(testbed), testbed.vantage.pod(testbed.workers[0].name)]);
	await eventually(
		'every DNS server answers as the API says',
		async () => {
			const wrong = (await askAll([place], servers, questions)).filter(asked => asked.faults.length > 0);
			return wrong.length === 0
				? {done: true, value: undefined}
				: {done: false, observed: wrong.map(asked => tell(asked)).join('\n')};
		},
		{timeoutMs: DNS_FOLLOWS_TIMEOUT_MS, signal: testbed.signal},
	);
};

/** Asks every question of every DNS server and of the DNS Service, from a pod on every worker, once; any difference is a Violation. */
export const lookupsAgree = async (
	testbed: Testbed,
	questions: readonly ExpectedAnswer[],
	protocols: readonly Protocol[] = ['UDP'],
): Promise<void> => {
	const places = await Promise.all(testbed.workers.map(async ({name}) => testbed.vantage.pod(name)));
	const service = await testbed.kube.core.readNamespacedService(DNS_SERVICE);
	const servers = [...(await dnsServers(testbed)), {name: 'the DNS Service', ip: service.spec?.clusterIP ?? '', node: ''}];
	const asked = await askAll(places, servers, questions, protocols);
	testbed.number('lookups', asked.length, '');
	testbed.grid({
		title: 'Answers',
		columns: servers.map(server => server.name),
		rows: questions.map(question => ({
			name: `${question.type} ${question.name}`,
			cells: servers.map(server => {
				const all = asked.filter(one => one.question === question && one.server === server);
				const wrong = all.filter(one => one.faults.length > 0);
				return wrong.length === 0
					? {mark: '.' as const, text: `${all.length} of ${all.length}`}
					: {mark: 'X' as const, text: `${all.length - wrong.length} of ${all.length}`};
			}),
		})),
	});
	const wrong = asked.filter(one => one.faults.length > 0);
	if (wrong.length === 0) return;
	testbed.evidence('answers.json', JSON.stringify(wrong, undefined, '\t'));
	const nodes = [...new Set(wrong.map(one => one.server.node).filter(Boolean))];
	throw new Violation({
		summary: `${wrong.length} of ${asked.length} answers of the cluster's DNS are wrong`,
		expected: [...new Set(wrong.map(one => one.question))]
			.map(
				question =>
					`${question.type} ${question.name}: ${
						question.answers
							.map(record => record.data)
							.sort()
							.join(', ') || `${question.rcode}, no record`
					}`,
			)
			.join('\n'),
		observed: wrong
			.slice(0, 12)
			.map(one => tell(one))
			.join('\n'),
		...(nodes.length > 0 ? {nodes} : {}),
		reproduce: [
			...new Set(wrong.map(({question, server, from}) => `dig @${server.ip} ${question.name} ${question.type}   # from ${from}`)),
		].slice(0, 3),
	});
};
