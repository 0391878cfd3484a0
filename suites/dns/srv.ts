import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {portName} from '../../lib/model/dns-names.ts';

export default check(
	{
		title:
			'SRV records give name, port and weight of each named port, with addresses beside them, for a ClusterIP and for a ' +
			'headless Service',
		why:
			'etcd, MongoDB, Prometheus and SIP find members and ports by SRV. With a wrong port or a missing member a cluster never ' +
			'forms, or forms without one, while every address looks right.',
		refs: [
			'https://github.com/kubernetes/dns/blob/master/docs/specification.md',
			'https://www.rfc-editor.org/rfc/rfc2782',
			'https://github.com/coredns/coredns/blob/v1.14.2/plugin/backend_lookup.go',
		],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const {namespace} = testbed;
		testbed.step('three echo pods behind a ClusterIP and a headless Service with two named ports each');
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const ports = [
			{name: 'http', port: 80, targetPort: 8080},
			{name: 'echo', port: 81, targetPort: 8081, protocol: 'UDP' as const},
		];
		const selector = {app: 'echo'};
		await service(testbed, {name: 'vip', selector, ports});
		await service(testbed, {name: 'headless', clusterIP: 'None', selector, ports});
		const expected = await dnsExpectations(testbed);
		const questions = ports.flatMap(port =>
			['vip', 'headless'].map(name => expected.of({name: portName({name, namespace}, port), type: 'SRV'})),
		);
		testbed.step('every DNS server has followed the API');
		await dnsFollows(testbed, questions);
		await testbed.settled();

		testbed.step('the records, from every worker, of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
