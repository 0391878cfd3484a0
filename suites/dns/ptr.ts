import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {service} from '../../lib/testbed/workloads.ts';
import {reverseName} from '../../lib/model/dns-names.ts';

export default check(
	{
		title: 'A cluster IP leads back to the name of its Service, and to no other',
		why:
			'Kerberos, databases, mail and log collectors look addresses up in reverse. Where the name is missing, logins wait for a ' +
			'timeout upstream, and where it is wrong logs blame another Service.',
		refs: ['https://github.com/kubernetes/dns/blob/master/docs/specification.md#233---ptr-record'],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const made = await Promise.all(['echo', 'other'].map(async name => service(testbed, {name, ports})));
		const expected = await dnsExpectations(testbed);
		const questions = made.map(({clusterIp}) => expected.of({name: reverseName(clusterIp), type: 'PTR'}));
		await dnsFollows(testbed, questions);
		await testbed.settled();

		testbed.step('PTR, asked of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
