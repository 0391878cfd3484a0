import test from 'ava';
import {dumpedCase, dumpedText, IPVS_DUMPS, parsedDump, type DumpName} from '../../model/rules/fixtures/ipvs-dumps.ts';
import {verdictsOf} from '../../model/verdict-of.ts';
import type {Packet, Verdict} from '../../model/verdict.ts';
import type {Route} from '../../facts/parse/ip-json.ts';
import {difference} from '../agree.ts';
import type {TraceNode} from '../place.ts';
import {rulesTracer} from '../trace.ts';
import {tuplesOf} from '../tuples.ts';

const PACKETS = 1500;

/** A node of ipvs mode, as the model has it and as its dumps do; `text`: the dumps, injured perhaps. */
const both = (name: DumpName, text = dumpedText(name)) => {
	const {state, node, family, addresses} = dumpedCase(name);
	const {iptables, ipset, ipvs, bound = []} = parsedDump(text, family);
	const dumps = {[family === 'ipv6' ? 'ip6tables' : 'iptables']: iptables, ipset, ipvs};
	const route = (destination: string, device: string): Route => ({destination, device, type: 'unicast', table: 'main'});
	// Where pods of this node are, as the tuples have it.
	const [podCidr = '10.244.1.0/24'] = (state.nodes.find(each => each.metadata?.name === node)?.spec?.podCIDRs ?? []).filter(
		cidr => cidr.includes(':') === (family === 'ipv6'),
	);
	const routes = [route('default', 'eth0'), route(podCidr, `${state.proxy.localInterface ?? 'cni'}0`.replace(/^cbr00$/, 'cbr0'))];
	const place: TraceNode = {
		addresses: [...addresses, ...bound.map(({address}) => address)],
		bridges: [],
		...(family === 'ipv6' ? {routesIpv6: routes} : {routes}),
	};
	return {
		state,
		node,
		family,
		addresses,
		model: verdictsOf(state, node, {localAddresses: addresses}),
		trace: rulesTracer(dumps, place),
	};
};

for (const name of IPVS_DUMPS)
	test(`${name}: model and trace say the same about ${PACKETS} packets`, t => {
		const {state, node, family, addresses, model, trace} = both(name);
		const tuples = tuplesOf(state, node, {count: PACKETS, seed: 7, family, localAddresses: [...addresses]});
		const seen = tuples.map(({packet, about}) => ({packet, about, model: model(packet), trace: trace(packet)}));
		t.deepEqual(
			seen.flatMap(one => {
				const wrong = difference(one.model, one.trace);
				return wrong === undefined ? [] : [`${one.about} ${JSON.stringify(one.packet)}: ${wrong}`];
			}),
			[],
		);
		const kinds = new Set(seen.map(one => one.trace.kind));
		t.true(kinds.has('backends') && kinds.has('refused'), [...kinds].join(', '));
	});

const S2: Packet = {from: 'pod', source: '10.244.3.77', destination: '172.30.0.121', port: 80, protocol: 'TCP'};
const brief = (verdict: Verdict): string =>
	verdict.kind === 'backends'
		? verdict.backends.map(({ip, port, probability}) => `${ip}:${port} ${probability.toFixed(2)}`).join(', ')
		: verdict.kind;

for (const [title, from, to, expected] of [
	['as it is', '', '', '10.244.3.2:65535 0.33, 10.244.3.4:65535 0.33, 192.168.0.4:65535 0.33'],
	['no virtual server', /-[Aa] -t 172\.30\.0\.121:80.*\n/g, '', 'node'],
	[
		'a real server of weight 0',
		'-t 172.30.0.121:80 -r 10.244.3.4:65535 -m -w 1',
		'-t 172.30.0.121:80 -r 10.244.3.4:65535 -m -w 0',
		'10.244.3.2:65535 0.50, 192.168.0.4:65535 0.50',
	],
	['no real server', /-a -t 172\.30\.0\.121:80.*\n/g, '', 'refused'],
	['an untranslated one', '-t 172.30.0.121:80 -r 10.244.3.4:65535 -m', '-t 172.30.0.121:80 -r 10.244.3.4:65535 -g', 'mixed'],
	['an address that is in no set', 'add KUBE-CLUSTER-IP 172.30.0.121,tcp:80\n', '', 'refused'],
] as const)
	test(`a cluster address: ${title}`, t => {
		t.is(brief(both('1.36-ranges', dumpedText('1.36-ranges').replaceAll(from, to)).trace(S2)), expected);
	});

test("a cluster address's port that is somebody's node port, too, is masqueraded", t => {
	const {model, trace} = both('1.36-ranges');
	const packet: Packet = {from: 'pod', source: '10.244.1.2', destination: '172.30.3.82', port: 30_080, protocol: 'UDP'};
	for (const say of [model, trace]) {
		const verdict = say(packet);
		t.deepEqual(verdict.kind === 'backends' ? verdict.backends : verdict.kind, [
			{ip: '10.244.3.3', port: 8080, probability: 1, source: 'rewritten'},
		]);
	}
});
