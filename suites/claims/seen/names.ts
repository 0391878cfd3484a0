import {addressType, portName, serviceName} from '../../../lib/model/dns-names.ts';
import type {Answer} from '../../../lib/probe/vantage.ts';
import {Violation} from '../../../lib/record/problem.ts';
import {dnsExpectations} from '../../../lib/testbed/dns-expectations.ts';
import {dnsFollows} from '../../../lib/testbed/lookups.ts';
import type {RowRecorder, Testbed} from '../../../lib/testbed/testbed.ts';

const textOf = ({rcode, answers}: Answer): string =>
	`${rcode}: ${
		answers
			.map(({type, data}) => `${type} ${data}`)
			.sort()
			.join(', ') || 'no record'
	}`;

/** Waits until every DNS server knows the Service `echo` by its SRV name. */
export const withUnderscores = async (testbed: Testbed): Promise<void> => {
	const {of} = await dnsExpectations(testbed);
	await dnsFollows(testbed, [of({name: portName({name: 'echo', namespace: testbed.namespace}, {name: 'http'}), type: 'SRV'})]);
};

/** `http.tcp.echo…` is answered as `_http._tcp.echo…` is. */
export const underscoresMayGo = async (testbed: Testbed, recorder: RowRecorder): Promise<void> => {
	const place = await testbed.vantage.pod(testbed.workers[0].name);
	const service = serviceName({name: 'echo', namespace: testbed.namespace});
	const [full, short] = await Promise.all(['_http._tcp', 'http.tcp'].map(async prefix => place.lookup(`${prefix}.${service}`, 'SRV')));
	const texts = [full, short].map(answer => (answer ? textOf(answer) : ''));
	recorder.step(`_http._tcp: ${texts[0]}; http.tcp: ${texts[1]}`);
	if (texts[0] === texts[1] && full?.answers.length) return;
	throw new Violation({
		summary: 'an SRV name without underscores is answered otherwise',
		expected: `_http._tcp.${service}: ${texts[0]}`,
		observed: `http.tcp.${service}: ${texts[1]}`,
		layer: {name: 'dns', detail: texts[1] ?? ''},
		reproduce: [`dig http.tcp.${service} SRV`],
	});
};

/** An alias whose name is an address, which the API takes. */
export const numberedAlias = async ({kube, namespace}: Testbed): Promise<void> => {
	await kube.core.createNamespacedService({
		namespace,
		body: {metadata: {name: 'numbered'}, spec: {type: 'ExternalName', externalName: '192.0.2.7'}},
	});
};

/** DNS has a CNAME of that name, and no address. */
export const addressIsNoName = async (testbed: Testbed, recorder: RowRecorder): Promise<void> => {
	const {namespace, family} = testbed;
	const place = await testbed.vantage.pod(testbed.workers[0].name);
	const answer = await place.lookup(serviceName({name: 'numbered', namespace}), addressType(family));
	recorder.step(`its name is answered with ${textOf(answer)}`);
	const addresses = answer.answers.filter(({type}) => type === 'A' || type === 'AAAA');
	if (addresses.length === 0) return;
	throw new Violation({
		summary: 'an externalName that is an address is answered as an address',
		expected: 'a CNAME to the name 192.0.2.7, and no address',
		observed: textOf(answer),
		layer: {name: 'dns', detail: textOf(answer)},
		reproduce: [],
	});
};
