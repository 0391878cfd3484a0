import check from '../../lib/check/check.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows} from '../../lib/testbed/lookups.ts';
import {resolversAgree} from '../../lib/testbed/resolvers.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: "A pod's own resolver finds a Service by its short, half and full name, and one of another namespace by half its name",
		why:
			"Almost all configuration uses short names. With a wrong dnsPolicy, ndots or cluster domain in kubelet's configuration, a " +
			'pod finds full names only: the program works in one namespace or on one node, and not in the next.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services'],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const {namespace, family} = testbed;
		const pods = await echoPods(testbed, {name: 'echo', replicas: testbed.workers.length, client: true});
		await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const expected = await dnsExpectations(testbed);
		const [own, other] = [
			{name: 'echo', namespace},
			{name: 'kube-dns', namespace: 'kube-system'},
		].map(of => expected.of({name: serviceName(of), type: addressType(family)}));
		if (!own || !other) return;
		await dnsFollows(testbed, [own]);
		const names = [
			...['echo', `echo.${namespace}`, `echo.${namespace}.svc`, own.name].map(name => ({name, means: own})),
			...['kube-dns.kube-system', 'kube-dns.kube-system.svc'].map(name => ({name, means: other})),
		];
		const places = await Promise.all(pods.map(async pod => testbed.vantage.inside(pod)));
		await testbed.settled();

		testbed.step(`${names.length} names by the resolver of a pod on each worker`);
		await resolversAgree(testbed, places, names);
	},
);
