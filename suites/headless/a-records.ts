import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {echoPods, neverReadyPods, service} from '../../lib/testbed/workloads.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';

export default check(
	{
		title: 'A headless Service resolves to exactly the addresses of its ready pods, and with publishNotReadyAddresses to those of all',
		why:
			'Databases, gRPC and client-side balancers take their members from DNS. A missing address is a member without traffic; a ' +
			'surplus one, often of a pod that was rescheduled, is a timeout in every nth call.',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/service/#headless-services',
			'https://github.com/kubernetes/dns/blob/master/docs/specification.md',
		],
		exclusive: ['dns'],
		faults: ['dns-*', 'foreign-endpoint'],
	},
	async testbed => {
		const {namespace, family} = testbed;
		testbed.step('three ready pods and one that never becomes ready, behind two headless Services');
		await Promise.all([
			echoPods(testbed, {name: 'ready', replicas: 3, labels: {group: 'echo'}}),
			neverReadyPods(testbed, {name: 'waiting', replicas: 1, labels: {group: 'echo'}}),
		]);
		const ports = [{name: 'http', port: 8080, targetPort: 8080}];
		await service(testbed, {name: 'ready', clusterIP: 'None', selector: {group: 'echo'}, ports});
		await service(testbed, {name: 'all', clusterIP: 'None', selector: {group: 'echo'}, ports, publishNotReadyAddresses: true});
		const expected = await dnsExpectations(testbed);
		const questions = ['ready', 'all'].map(name => expected.of({name: serviceName({name, namespace}), type: addressType(family)}));
		testbed.step('every DNS server has followed the API');
		await dnsFollows(testbed, questions);
		await testbed.settled();

		testbed.step('the record sets, from every worker, of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
