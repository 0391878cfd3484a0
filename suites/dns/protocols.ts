import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows} from '../../lib/testbed/lookups.ts';
import {service} from '../../lib/testbed/workloads.ts';
import {serviceName} from '../../lib/model/dns-names.ts';
import {addressType} from '../../lib/model/dns-names.ts';
import {Violation} from '../../lib/record/problem.ts';

export default check(
	{
		title: 'The DNS Service answers the same over UDP and over TCP, from a pod on every node',
		why:
			'An answer too long for a datagram is asked for again over TCP. Where a policy or a firewall admits UDP 53 alone, small ' +
			'names work and those of large headless Services fail, from a certain number of replicas on.',
		refs: ['https://www.rfc-editor.org/rfc/rfc7766', 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/'],
		exclusive: ['dns'],
		faults: ['dns-wrong'],
	},
	async testbed => {
		const {namespace, kube, family} = testbed;
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const question = (await dnsExpectations(testbed)).of({name: serviceName({name: 'echo', namespace}), type: addressType(family)});
		await dnsFollows(testbed, [question]);
		const {spec} = await kube.core.readNamespacedService({namespace: 'kube-system', name: 'kube-dns'});
		const server = spec?.clusterIP ?? '';
		await testbed.settled();

		testbed.step('20 questions by each protocol from a pod on each node');
		const asked = await Promise.all(
			testbed.nodes.flatMap(({name}) =>
				(['UDP', 'TCP'] as const).map(async protocol => {
					const place = await testbed.vantage.pod(name);
					const answers = await Promise.all(
						Array.from({length: 20}, () => place.lookup(question.name, question.type, {server, protocol})),
					);
					const wrong = answers.filter(({answers: records}) => records.length !== 1 || records[0]?.data !== clusterIp);
					return {
						from: place.name,
						protocol,
						wrong: wrong.map(({rcode, answers: records}) => `${rcode} ${records.map(({data}) => data).join(' ')}`),
					};
				}),
			),
		);
		testbed.number('lookups', asked.length * 20, '');
		const bad = asked.filter(({wrong}) => wrong.length > 0);
		if (bad.length === 0) return;
		throw new Violation({
			summary: `the DNS Service answers wrongly over ${[...new Set(bad.map(({protocol}) => protocol))].join(' and ')}`,
			expected: clusterIp,
			observed: bad.map(({from, protocol, wrong}) => `${from}, ${protocol}: ${wrong.length} of 20, as ${wrong[0]}`).join('\n'),
			reproduce: [`dig @${server} ${question.name} ${question.type}`, `dig +tcp @${server} ${question.name} ${question.type}`],
		});
	},
);
