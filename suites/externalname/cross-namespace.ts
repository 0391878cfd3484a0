import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';

export default check(
	{
		title:
			'An ExternalName Service can be an alias of a Service in another namespace: the alias and its addresses are answered ' +
			'together',
		why:
			'Teams reach a shared database or gateway by an alias in their own namespace. Stub resolvers do not follow an alias by ' +
			'themselves: without the addresses in the same answer, the name has none.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#externalname'],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const {kube, namespace, family} = testbed;
		const externalName = serviceName({name: 'kubernetes', namespace: 'default'});
		await kube.core.createNamespacedService({namespace, body: {metadata: {name: 'alias'}, spec: {type: 'ExternalName', externalName}}});
		const expected = await dnsExpectations(testbed);
		const name = serviceName({name: 'alias', namespace});
		const questions = (['CNAME', addressType(family)] as const).map(type => expected.of({name, type}));
		await dnsFollows(testbed, questions);
		await testbed.settled();

		testbed.step('the alias and its addresses, asked of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
