import check from '../../lib/check/check.ts';
import {addressType, dnsFollows, lookupsAgree, type Question} from '../../lib/check/lookups.ts';
import {echoPods, service} from '../../lib/check/workloads.ts';

/** CoreDNS names an address without a hostname by the address itself, dashes for dots. */
const podLabel = (ip: string): string => ip.replaceAll('.', '-').replaceAll(':', '-');

export default check({
	title: 'SRV records give name, port and weight of each named port, with addresses beside them, for a ClusterIP and for a headless Service',
	refs: ['https://github.com/kubernetes/dns/blob/master/docs/specification.md', 'https://www.rfc-editor.org/rfc/rfc2782', 'https://github.com/coredns/coredns/blob/v1.14.2/plugin/backend_lookup.go'],
	exclusive: ['dns'],
	faults: ['M14'],
}, async testbed => {
	const address = addressType(testbed);
	testbed.step('three echo pods behind a ClusterIP and a headless Service with two named ports each');
	const pods = await echoPods(testbed, {name: 'echo', replicas: 3});
	const ports = [{name: 'http', port: 80, targetPort: 8080}, {name: 'echo', port: 81, targetPort: 8081, protocol: 'UDP' as const}];
	const selector = {app: 'echo'};
	const {clusterIp} = await service(testbed, {name: 'vip', selector, ports});
	await service(testbed, {name: 'headless', clusterIP: 'None', selector, ports});
	const zone = `${testbed.namespace}.svc.cluster.local`;
	const srv = (service_: string, port: {name: string; protocol?: string}): string => `_${port.name}._${(port.protocol ?? 'TCP').toLowerCase()}.${service_}.${zone}`;
	const questions = ports.flatMap((port): readonly Question[] => [
		{
			// One target: the whole weight of 100.
			name: srv('vip', port), type: 'SRV',
			answers: [{name: srv('vip', port), type: 'SRV', data: `0 100 ${port.port} vip.${zone}`}],
			glue: [{name: `vip.${zone}`, type: address, data: clusterIp}],
		},
		{
			// The pods' own port, and 100 shared among them, rounded down.
			name: srv('headless', port), type: 'SRV',
			answers: pods.map(({ip}) => ({name: srv('headless', port), type: 'SRV', data: `0 ${Math.floor(100 / pods.length)} ${port.targetPort} ${podLabel(ip)}.headless.${zone}`})),
			glue: pods.map(({ip}) => ({name: `${podLabel(ip)}.headless.${zone}`, type: address, data: ip})),
		},
	]);
	const places = await Promise.all(testbed.workers.map(async ({name}) => testbed.vantage.pod(name)));
	testbed.step('every DNS server has followed the API');
	await dnsFollows(testbed, places[0] as (typeof places)[number], questions);
	await testbed.settled();

	testbed.step('the records, from every worker, of every DNS server and of the DNS Service');
	await lookupsAgree(testbed, places, questions);
});
