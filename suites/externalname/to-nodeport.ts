import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';

export default check(
	{
		title:
			'An ExternalName Service that is an alias of a NodePort Service leads to its cluster IP; the ports that the alias names ' +
			'change nothing',
		why:
			'People expect such an alias to lead to the node port, or to bring ports of its own. DNS knows no ports: clients have to ' +
			'use that of the target Service, and a call to any other is refused or times out.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#externalname'],
		exclusive: ['dns'],
		faults: ['dns-*', 'dispatch'],
	},
	async testbed => {
		const {kube, namespace, family} = testbed;
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {expected: connections} = await echoService(testbed, {replicas: 2, type: 'NodePort', ports});
		const externalName = serviceName({name: 'echo', namespace});
		const spec = {type: 'ExternalName', externalName, ports: [{name: 'other', port: 8443}]};
		await kube.core.createNamespacedService({namespace, body: {metadata: {name: 'alias'}, spec}});
		const name = serviceName({name: 'alias', namespace});
		const question = (await dnsExpectations(testbed)).of({name, type: addressType(family)});
		await dnsFollows(testbed, [question]);
		const ip = question.answers.find(({type}) => type === question.type)?.data ?? '';
		const flows = await flowsOf(testbed, {from: ['pod'], to: [{name: 'alias', ip, port: 80}], counts: 30}, connections);
		await testbed.settled();

		testbed.step('the alias, asked of every DNS server; 30 connections from a pod on each node to where it leads');
		await lookupsAgree(testbed, [question, (await dnsExpectations(testbed)).of({name, type: 'CNAME'})]);
		await sendFlows(testbed, 'By the alias', flows);
	},
);
