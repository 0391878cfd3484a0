import type {DnsQuestion, ExpectedAnswer, ExpectedRecord, RecordType} from '../dns-record.ts';
import {canonicalIp, familyOf} from './address.ts';
import {addressType, endpointLabel, reverseName, serviceName, ZONE} from './dns-names.ts';
import {requestOf, targetsOf, type DnsState, type Request, type Target} from './dns-targets.ts';
import {isReadyEndpoint, SERVICE_NAME} from './service-slices.ts';

/** TXT records are nothing that Services have. */
export type ServiceQuestion = DnsQuestion & {readonly type: Exclude<RecordType, 'TXT'>};

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

const unique = (records: readonly ExpectedRecord[]): readonly ExpectedRecord[] => [
	...new Map(records.map(record => [`${record.name} ${record.data}`, record])).values(),
];

const addressOf = ({owner, ip}: Target): ExpectedRecord => ({name: owner, type: addressType(familyOf(ip)), data: ip});

const some = ({name, type}: ServiceQuestion, answers: readonly ExpectedRecord[], glue: readonly ExpectedRecord[] = []): ExpectedAnswer => ({
	name,
	type,
	rcode: 'NOERROR',
	answers: unique(answers),
	glue: unique(glue),
});
const noSuchName = ({name, type}: ServiceQuestion): ExpectedAnswer => ({name, type, rcode: 'NXDOMAIN', answers: [], glue: []});

const answerBy = (question: ServiceQuestion, targets: readonly Target[]): ExpectedAnswer => {
	const {name, type} = question;
	if (targets.length === 0) return noSuchName(question);
	if (type !== 'SRV')
		return some(
			question,
			targets.map(target => ({...addressOf(target), name})).filter(record => record.type === type),
		);
	// CoreDNS shares a weight of 100 among all that it found, before it drops what is the same.
	const weight = Math.max(1, Math.floor(100 / targets.length));
	const named = targets.filter(({port}) => port !== undefined);
	return some(
		question,
		named.map(({owner, port}) => ({name, type, data: `0 ${weight} ${port} ${owner}`})),
		named.map(target => addressOf(target)),
	);
};

const byAlias = (
	state: DnsState,
	question: ServiceQuestion,
	{endpoint, port}: Request,
	externalName: string,
	passed: readonly string[],
): ExpectedAnswer => {
	if (endpoint !== undefined || port !== undefined || canonicalIp(externalName) !== undefined) return noSuchName(question);
	const target = plain(externalName);
	const alias = {name: question.name, type: 'CNAME', data: target};
	if (question.type === 'CNAME') return some(question, [alias]);
	if (question.type === 'SRV' || passed.includes(target)) return some(question, []);
	if (!target.endsWith(`.${state.zone ?? ZONE}`))
		throw new RangeError(`${question.name} is an alias of ${target}, which is not the cluster's to answer`);
	const {answers} = answer(state, {...question, name: target}, [...passed, target]);
	return some(question, answers.length === 0 ? [] : [alias, ...answers]);
};

const byAddress = ({services, slices, zone}: DnsState, question: ServiceQuestion): ExpectedAnswer => {
	const isAskedFor = (text: string): boolean => {
		const ip = canonicalIp(text);
		return ip !== undefined && reverseName(ip) === question.name;
	};
	const back = (names: readonly string[]): ExpectedAnswer =>
		some(
			question,
			names.map(data => ({name: question.name, type: 'PTR', data})),
		);
	const owner = services.find(({spec}) => (spec?.clusterIPs ?? []).some(ip => isAskedFor(ip)));
	if (owner) return back([serviceName(owner.metadata ?? {}, zone)]);
	const names = slices.flatMap(({metadata, endpoints}) =>
		(endpoints ?? [])
			.filter(endpoint => isReadyEndpoint(endpoint))
			.flatMap(({addresses, hostname}) =>
				addresses
					.filter(ip => isAskedFor(ip))
					.map(
						ip =>
							`${endpointLabel(ip, hostname)}.` +
							serviceName({name: metadata?.labels?.[SERVICE_NAME], namespace: metadata?.namespace}, zone),
					),
			),
	);
	if (names.length === 0)
		throw new RangeError(`no Service or endpoint has the address of ${question.name}: a DNS server beyond the cluster's is asked`);
	return back(names);
};

const answer = (state: DnsState, question: ServiceQuestion, passed: readonly string[]): ExpectedAnswer => {
	if (question.type === 'PTR') return byAddress(state, question);
	const request = requestOf(question.name, state.zone ?? ZONE);
	const service = state.services.find(
		({metadata}) => request && metadata?.name === request.service && metadata.namespace === request.namespace,
	);
	if (!request || !service) return noSuchName(question);
	if (service.spec?.type === 'ExternalName') return byAlias(state, question, request, service.spec.externalName ?? '', passed);
	return answerBy(question, targetsOf(state, service, request));
};

/**
 * What the cluster's DNS must answer about Services. The records are those of github.com/kubernetes/dns, docs/specification.md; where that
 * leaves a choice (names of endpoints without a hostname, weights, glue, names of a Service's endpoints that is not headless) it is
 * CoreDNS' (v1.14: plugin/kubernetes, plugin/backend_lookup.go). Throws RangeError for a name that Services do not decide about: a pod's, a
 * namespace's, one outside the zone or an alias of such a one, an address that nobody has.
 */
export const dnsAnswer = (state: DnsState, {name, type}: ServiceQuestion): ExpectedAnswer => {
	const plainName = plain(name);
	return answer(state, {name: plainName, type}, [plainName]);
};
