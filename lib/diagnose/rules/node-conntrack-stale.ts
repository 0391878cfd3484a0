import {canonicalIp, hostPort} from '../../model/address.ts';
import {verdictsOf} from '../../model/verdict-of.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {clusterIpsOf} from '../views/addresses.ts';
import {aboutService, counted, fullName} from '../views/objects.ts';
import {seenNodes, seenOn, stateFrom} from '../views/nodes.ts';

export default rule({
	title: 'No UDP flow to a Service is kept with something that is no endpoint of it',
	severity: 'error',
	layer: 'conntrack',
	why:
		'The kernel keeps a UDP flow with the endpoint that it began with as long as datagrams come, at most 30 s to 3 min apart. ' +
		'kube-proxy deletes such entries when an endpoint goes; where it missed one, the client talks to nobody for ever.',
	verify: ['conntrack -L -p udp --orig-dst ADDRESS'],
	fix: 'Delete this entry: conntrack -D -p udp --orig-dst ADDRESS --orig-port-dst PORT; upgrade kube-proxy.',
	refs: ['https://github.com/kubernetes/kubernetes/issues/139628'],
	steps: [54],
	looks: ['conntrack'],
	needs: ['nodeEvidence', 'services', 'slices', 'nodes'],
	sees: ['proxyConfig', 'version', 'serviceCIDRs'],
	evaluate: facts =>
		seenNodes(facts.nodeEvidence).flatMap(node => {
			const dump = node.facts.conntrack;
			const state = stateFrom(facts, node.facts);
			if (!dump.ok || !state.ok) return [];
			const model = verdictsOf(state.value, node.name);
			const udp = dump.value.entries.filter(({protocol}) => protocol === 'udp');
			return facts.services.flatMap((service): readonly Finding[] => {
				const ports = (service.spec?.ports ?? []).filter(({protocol}) => protocol === 'UDP').map(({port}) => port);
				const vips = clusterIpsOf(service);
				if (ports.length === 0 || vips.length === 0) return [];
				const own = new Set(
					allEndpoints(service, facts.slices).flatMap(({addresses}) => addresses.map(ip => canonicalIp(ip) ?? ip)),
				);
				const stale = udp.filter(
					({original, reply}) =>
						vips.includes(original.destination) &&
						ports.includes(original.destinationPort ?? 0) &&
						!own.has(reply.source) &&
						model({
							protocol: 'UDP',
							from: 'outside',
							source: original.source,
							destination: original.destination,
							port: original.destinationPort ?? 0,
						}).kind === 'backends',
				);
				const [first] = stale;
				if (!first) return [];
				return [
					{
						about: aboutService(service),
						summary:
							`${node.name} keeps ${counted(stale.length, 'UDP flow')} to Service ${fullName(service)} with ` +
							`${first.reply.source}, which is no endpoint of it`,
						evidence: stale.slice(0, 3).map(({original, reply}) => ({
							from: seenOn(node, 'conntrack'),
							text:
								`udp ${hostPort(original.source, original.sourcePort ?? 0)} → ` +
								`${hostPort(original.destination, original.destinationPort ?? 0)} answered by ` +
								`${hostPort(reply.source, reply.sourcePort ?? 0)}`,
						})),
						fix:
							`on ${node.name}: conntrack -D -p udp --orig-dst ${first.original.destination} --orig-port-dst ` +
							`${first.original.destinationPort}`,
						verify: [`conntrack -L -p udp --orig-dst ${first.original.destination}`],
					},
				];
			});
		}),
});
