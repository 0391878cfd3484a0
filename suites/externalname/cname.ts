import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title:
			'An ExternalName Service is a CNAME and nothing else: of a name elsewhere, and of a Service here, whose addresses come ' +
			'with it',
		why:
			'Clients of a managed database know only its alias in the cluster. Without the CNAME they report an unknown host, and with ' +
			'surplus records they connect elsewhere; TLS and HTTP still name the alias, which the target may refuse.',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/service/#externalname',
			'https://github.com/kubernetes/dns/blob/master/docs/specification.md',
		],
		exclusive: ['dns'],
		faults: ['dns-wrong', 'dns-missing'],
	},
	async testbed => {
		const {namespace, family} = testbed;
		testbed.step('an alias of a name elsewhere and one of a Service with pods');
		await echoPods(testbed, {name: 'echo', replicas: 1});
		await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		await service(testbed, {name: 'elsewhere', type: 'ExternalName', externalName: 'www.example.org', ports: []});
		await service(testbed, {name: 'alias', type: 'ExternalName', externalName: serviceName({name: 'echo', namespace}), ports: []});
		const expected = await dnsExpectations(testbed);
		const questions = [
			expected.of({name: serviceName({name: 'elsewhere', namespace}), type: 'CNAME'}),
			expected.of({name: serviceName({name: 'alias', namespace}), type: 'CNAME'}),
			expected.of({name: serviceName({name: 'alias', namespace}), type: addressType(family)}),
		];
		testbed.step('every DNS server has followed the API');
		await dnsFollows(testbed, questions);
		await testbed.settled();

		testbed.step('the aliases, from every worker, of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
