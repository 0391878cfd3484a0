import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {neverReadyPods, service} from '../../lib/testbed/workloads.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';

export default check(
	{
		title: 'A headless Service tells addresses of pods that are not ready with publishNotReadyAddresses, and none without',
		why:
			'Members of a database must find each other before they are ready, or the cluster never forms. Where the setting has no ' +
			'effect, the name is empty at the start; where it is on by mistake, clients get pods that are still starting.',
		refs: ['https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec'],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const {namespace, family} = testbed;
		await neverReadyPods(testbed, {name: 'slow', replicas: 2});
		const headless = {clusterIP: 'None', selector: {app: 'slow'}, ports: [{name: 'http', port: 80, targetPort: 8080}]};
		await service(testbed, {...headless, name: 'told', publishNotReadyAddresses: true});
		await service(testbed, {...headless, name: 'untold'});
		const expected = await dnsExpectations(testbed);
		const questions = ['told', 'untold'].map(name => expected.of({name: serviceName({name, namespace}), type: addressType(family)}));
		await dnsFollows(testbed, questions);
		await testbed.settled();

		testbed.step('addresses of both, asked of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
