import type {IpFamily} from '../target.ts';
import type {LookName} from './argv.ts';
import {reading, type Fact} from './fact.ts';
import type {NodeTexts} from './node-texts.ts';
import {pageOf, type Page} from './page.ts';
import {parseConntrack} from './parse/conntrack.ts';
import {parseAddresses, parseLinks, parseNeighbours, parseQueues, parseRoutes, parseRoutingRules} from './parse/ip-json.ts';
import {parseIpsetSave} from './parse/ipset-save.ts';
import {parseIptablesSave, type IptablesDump} from './parse/iptables-save.ts';
import {parseIpvsadmSave} from './parse/ipvsadm-save.ts';
import {parseMetrics} from './parse/metrics.ts';
import {parseNft} from './parse/nft.ts';
import {parsePs} from './parse/ps.ts';
import {parseSs} from './parse/ss.ts';
import {parseSysctls} from './parse/sysctls.ts';

/** A page that answers 200 with what it is asked for; other answers are a missing fact. */
const content = (fact: Fact<string>): Fact<string> => {
	if (!fact.ok) return fact;
	const page = pageOf(fact.value);
	if (page?.status === 200) return {...fact, value: page.body};
	return {ok: false, why: page ? `status ${page.status}: ${page.body.slice(0, 300)}` : 'an answer without a status', source: fact.source};
};

/** Any status is an answer. */
const answer = (fact: Fact<string>): Fact<Page> => {
	if (!fact.ok) return fact;
	const page = pageOf(fact.value);
	return page ? {...fact, value: page} : {ok: false, why: 'an answer without a status', source: fact.source};
};

/** iptables-save tells of rules that it does not show on its error stream (since 1.8.9). */
const rules = (fact: Fact<string>, family: IpFamily): Fact<IptablesDump> =>
	reading(fact, text => parseIptablesSave(text, family, fact.ok ? fact.stderr : undefined));

/** Reads what gatherNode brought. Pure and total: what is odd in a text is in the remainder of its value. */
export const readNode = (texts: NodeTexts) =>
	({
		iptables: rules(texts.iptables, 'ipv4'),
		ip6tables: rules(texts.ip6tables, 'ipv6'),
		iptablesLegacy: rules(texts.iptablesLegacy, 'ipv4'),
		ip6tablesLegacy: rules(texts.ip6tablesLegacy, 'ipv6'),
		nft: reading(texts.nft, parseNft),
		ipset: reading(texts.ipset, parseIpsetSave),
		ipvs: reading(texts.ipvs, parseIpvsadmSave),
		conntrack: reading(texts.conntrack, parseConntrack),
		conntrackIpv6: reading(texts.conntrackIpv6, parseConntrack),
		sysctls: reading(texts.sysctls, parseSysctls),
		addresses: reading(texts.addresses, parseAddresses),
		links: reading(texts.links, parseLinks),
		routes: reading(texts.routes, parseRoutes),
		routesIpv6: reading(texts.routesIpv6, parseRoutes),
		routingRules: reading(texts.routingRules, parseRoutingRules),
		routingRulesIpv6: reading(texts.routingRulesIpv6, parseRoutingRules),
		interfaceSettings: reading(texts.interfaceSettings, parseSysctls),
		queues: reading(texts.queues, parseQueues),
		neighbours: reading(texts.neighbours, parseNeighbours),
		listeners: reading(texts.listeners, parseSs),
		processes: reading(texts.processes, parsePs),
		healthz: answer(texts.healthz),
		livez: answer(texts.livez),
		proxyMode: reading(content(texts.proxyMode), text => text.trim()),
		configz: content(texts.configz),
		metrics: reading(content(texts.metrics), parseMetrics),
	}) satisfies Record<LookName, Fact<unknown>>;

/** All that is known of one node from itself. */
export type NodeFacts = ReturnType<typeof readNode>;
