import type {V1Pod} from '@kubernetes/client-node';
import {affinityWindowSeconds} from '../../model/affinity.ts';
import {answersArp, answersPing, TRAITS} from '../../model/modes/traits.ts';
import {servicePorts} from '../../model/service-ports.ts';
import {nameOf, type ClusterState} from '../../model/state.ts';
import type {Mode} from '../../target.ts';
import {foretell} from './foretell.ts';
import {leftBehind} from './left-behind.ts';
import {clientText, type Client, type Place} from './words.ts';

/** What changes for one Service, in words. */
export type Change = {
	readonly service: string;
	/** Way in. */
	readonly via: string;
	readonly from: string;
	readonly before: string;
	readonly after: string;
	/** It works today, and will not. */
	readonly breaks: boolean;
};

const ofTraffic = (before: ClusterState, to: Mode, pods: readonly V1Pod[]): readonly Change[] => {
	const groups = new Map<
		string,
		{
			change: Omit<Change, 'from'>;
			client: Client;
			places: Set<Place>;
		}
	>();
	for (const {
		way: {service, via, client, place},
		today,
		then,
	} of foretell(before, to, pods)) {
		if (today.text === then.text) continue;
		const key = [service, via, client, today.text, then.text].join('\n');
		const breaks = today.seen === 'answer' && then.seen !== 'answer';
		const group = groups.get(key) ?? {
			change: {service, via, before: today.text, after: then.text, breaks},
			client,
			places: new Set<Place>(),
		};
		group.places.add(place);
		groups.set(key, group);
	}
	return [...groups.values()].map(({change, client, places}) => ({...change, from: clientText(client, places)}));
};

/** nft takes comments of 128 characters; kube-proxy cuts longer ones since 1.37. */
const LONGEST_COMMENT = 128;
const CUTS_COMMENTS = 37;

const ofTraits = (before: ClusterState, after: ClusterState): readonly Change[] => {
	const [from, to] = [before.mode, after.mode];
	const [node] = before.nodes;
	const ports = node ? servicePorts(before, node.metadata?.name ?? '', 'ipv4') : [];
	const of = (service: string, via: string, is: string, becomes: string, breaks = false): Change => ({
		service,
		via,
		from: 'everybody',
		before: is,
		after: becomes,
		breaks,
	});
	const affinity = ports.flatMap(({namespace, service, affinitySeconds}) => {
		if (affinitySeconds === undefined) return [];
		const [is, becomes] = [from, to].map(mode => affinityWindowSeconds(mode, affinitySeconds, 'fin'));
		return is === becomes
			? []
			: [
					of(
						`${namespace}/${service}`,
						'session affinity',
						`lasts about ${is} s after a closed connection`,
						`lasts about ${becomes} s`,
					),
				];
	});
	const [arp, noArp] = [from, to].map(mode => answersArp(mode, before.proxy.ipvs?.strictARP ?? false)) as [boolean, boolean];
	const external = ports.filter(({externalIPs, loadBalancerVIPs}) => externalIPs.length + loadBalancerVIPs.length > 0);
	const announced =
		arp === noArp
			? []
			: external.map(({namespace, service}) =>
					of(
						`${namespace}/${service}`,
						'ARP for its external addresses',
						arp ? 'every node answers' : 'no node answers',
						arp ? 'no node answers: somebody must announce them' : 'every node answers (strictARP stops it)',
						arp,
					),
				);
	const long =
		to === 'nftables' && after.minor < CUTS_COMMENTS
			? ports
					.filter(port => nameOf(port).length > LONGEST_COMMENT)
					.map(port =>
						of(
							`${port.namespace}/${port.service}`,
							'its rules',
							'are written',
							`cannot be written before 1.${CUTS_COMMENTS}: namespace, name and port together have ` +
								`${nameOf(port).length} characters, nft takes ${LONGEST_COMMENT}`,
							true,
						),
					)
			: [];
	const choice =
		TRAITS[from].choice === TRAITS[to].choice
			? []
			: [
					of(
						'every Service',
						'the choice of the endpoint',
						TRAITS[from].choice === 'random'
							? 'random, each with the same probability'
							: `by the scheduler ${before.proxy.ipvs?.scheduler ?? 'rr'}`,
						TRAITS[to].choice === 'random'
							? 'random, each with the same probability: even in the long run only'
							: `by the scheduler ${after.proxy.ipvs?.scheduler ?? 'rr'}`,
					),
				];
	const ping =
		answersPing(from, before.minor) === answersPing(to, after.minor)
			? []
			: [
					of(
						'every Service',
						'ping of its ClusterIP',
						answersPing(from, before.minor) ? 'is answered' : 'is not answered',
						answersPing(to, after.minor) ? 'is answered' : 'is not answered',
					),
				];
	const stays = leftBehind(from, to);
	const left = stays === undefined ? [] : [of('every Service', 'what the old mode made on each node', 'serves', stays)];
	return [
		...new Map(
			[...affinity, ...announced, ...long, ...choice, ...ping, ...left].map(each => [`${each.service} ${each.via}`, each]),
		).values(),
	];
};

/**
 * What a change of mode does to each Service: the model's verdicts in both modes for every kind of client and way in, and what the modes do
 * otherwise beside.
 */
export const compareModes = (before: ClusterState, to: Mode, pods: readonly V1Pod[]): readonly Change[] => {
	const after: ClusterState = {...before, mode: to};
	return [...ofTraffic(before, to, pods), ...ofTraits(before, after)].toSorted(
		(a, b) =>
			Number(b.breaks) - Number(a.breaks) || a.service.localeCompare(b.service, 'en', {numeric: true}) || a.via.localeCompare(b.via),
	);
};
