import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {service} from '../../lib/testbed/workloads.ts';
import {serviceName} from '../../lib/model/dns-names.ts';

export default check(
	{
		title:
			"A Service's name has its cluster IP and nothing else, no record of the other family, and a name that no Service has " +
			'does not exist',
		why:
			'A wrong or surplus record sends a share of the connections to a dead or foreign address, and one of the other family ' +
			'makes clients try what they cannot reach. Rewrites and templates in the Corefile do such things.',
		refs: ['https://github.com/kubernetes/dns/blob/master/docs/specification.md#23---records-for-a-service-with-clusterip'],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const {namespace} = testbed;
		await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const expected = await dnsExpectations(testbed);
		const questions = ['echo', 'no-such'].flatMap(name =>
			(['A', 'AAAA'] as const).map(type => expected.of({name: serviceName({name, namespace}), type})),
		);
		await dnsFollows(testbed, questions);
		await testbed.settled();

		testbed.step('A and AAAA, asked of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
