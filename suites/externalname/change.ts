import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {serviceName} from '../../lib/model/dns-names.ts';

/** Of the names for documentation (RFC 2606, RFC 6761). */
const NAMES = ['first.example.com', 'second.example.com'];

export default check(
	{
		title: 'A changed externalName is answered within the time that its records may be kept, and the old one no longer',
		why:
			'An alias is changed to move clients to another database or region. Where a DNS server keeps the old target, a part of the ' +
			'pods goes on writing to the old one, long after the switch seemed done.',
		refs: ['https://coredns.io/plugins/kubernetes/', 'https://kubernetes.io/docs/concepts/services-networking/service/#externalname'],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const name = serviceName({name: 'alias', namespace});
		const alias = async (externalName: string): Promise<Parameters<typeof lookupsAgree>[1]> => {
			await kube.apply({
				apiVersion: 'v1',
				kind: 'Service',
				metadata: {name: 'alias', namespace},
				spec: {type: 'ExternalName', externalName},
			} as never);
			const startedAt = performance.now();
			const questions = [(await dnsExpectations(testbed)).of({name, type: 'CNAME'})];
			await dnsFollows(testbed, questions);
			testbed.number(`until ${externalName} was answered`, performance.now() - startedAt, 'ms');
			return questions;
		};
		let questions: Parameters<typeof lookupsAgree>[1] = [];
		for (const externalName of NAMES) questions = await alias(externalName);
		await testbed.settled();

		testbed.step('the alias, asked of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
