import check from '../../lib/check/check.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {resolversAgree} from '../../lib/testbed/resolvers.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A full name is the same with its last dot and without, has records of its type alone, and is not below the search path',
		why:
			'Clients write full names with and without the last dot, and both must mean the same. A rewrite or a template in the ' +
			'Corefile that answers too much sends calls to a stranger, where an error would have shown the typo.',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
			'https://github.com/kubernetes/dns/blob/master/docs/specification.md',
		],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const {namespace, family} = testbed;
		const pods = await echoPods(testbed, {name: 'echo', replicas: testbed.workers.length, client: true});
		await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const expected = await dnsExpectations(testbed);
		const [full, absent] = ['echo', 'no-such'].map(name => serviceName({name, namespace}));
		const type = addressType(family);
		const own = expected.of({name: full ?? '', type});
		const nobody = expected.of({name: absent ?? '', type});
		const questions = [
			own,
			nobody,
			expected.of({name: full ?? '', type: family === 'ipv6' ? 'A' : 'AAAA'}),
			// What the search path makes of a name with fewer dots than ndots.
			expected.of({name: `${full}.${namespace}.svc.cluster.local`, type}),
		];
		await dnsFollows(testbed, questions);
		const places = await Promise.all(pods.map(async pod => testbed.vantage.inside(pod)));
		await testbed.settled();

		testbed.step('the full name, asked of every DNS server and of the DNS Service, over UDP and TCP');
		await lookupsAgree(testbed, questions, ['UDP', 'TCP']);
		testbed.step('the same by the resolver of a pod on each worker, with the last dot and without');
		await resolversAgree(testbed, places, [
			{name: `${full}.`, means: own},
			{name: full ?? '', means: own},
			{name: `${absent}.`, means: nobody},
		]);
	},
);
