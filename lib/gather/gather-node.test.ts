import test from 'ava';
import {quote} from '../shell/quote.ts';
import {TransportError} from '../shell/shell.ts';
import {stubShell} from '../../test/stub-shell.ts';
import {LOOKS, LOOK_NAMES, lookOf, type LookName} from '../facts/argv.ts';
import {gatherNode} from './gather-node.ts';
import {fixture} from '../../test/fuzz/fuzz.ts';
import {readNode} from '../facts/read-node.ts';

const key = (name: LookName): string => lookOf(name).argv.join(' ');
const YES = {exitCode: 0};
const NO = {exitCode: 1};
const page = (body: string, status = 200): string => `${body}\n${status}`;

const NODE = {
	[key('iptables')]: fixture('iptables-save.txt'),
	[key('ip6tables')]: fixture('ip6tables-save.txt'),
	[key('nft')]: fixture('nft.json'),
	'test -e /proc/net/ip_tables_names': NO,
	'test -e /proc/net/ip6_tables_names': NO,
	'test -e /sys/module/ip_set': YES,
	[key('ipset')]: fixture('ipset-save.txt'),
	'test -e /proc/net/ip_vs': NO,
	[key('conntrack')]: fixture('conntrack.txt'),
	[key('conntrackIpv6')]: '',
	[key('sysctls')]: fixture('sysctls.txt'),
	[key('addresses')]: fixture('ip-addr.json'),
	[key('links')]: fixture('ip-link.json'),
	[key('routes')]: fixture('ip-route.json'),
	[key('routesIpv6')]: '[]\n',
	[key('routingRules')]: fixture('ip-rule.json'),
	[key('routingRulesIpv6')]: '[]\n',
	[key('interfaceSettings')]: 'net.ipv4.conf.eth0.forwarding = 1\n',
	[key('queues')]: fixture('tc-qdisc.json'),
	[key('neighbours')]: fixture('ip-neigh.json'),
	[key('listeners')]: fixture('ss.txt'),
	[key('processes')]: fixture('ps.txt'),
	[key('healthz')]: page('{"healthy":false}', 503),
	[key('livez')]: page('{"healthy":true}'),
	[key('proxyMode')]: page('iptables'),
	[key('configz')]: page('{}'),
	[key('metrics')]: page(fixture('metrics.txt')),
};

test('a healthy node: every fact is there and says where it is from', async t => {
	const shell = stubShell(NODE);
	const texts = await gatherNode(shell);
	const facts = readNode(texts);
	t.deepEqual(
		LOOK_NAMES.filter(name => !facts[name].ok),
		[],
	);
	t.deepEqual(
		LOOK_NAMES.filter(
			name => !['ipvs', 'iptablesLegacy', 'ip6tablesLegacy'].includes(name) && facts[name].source !== quote(lookOf(name).argv),
		),
		[],
	);
	t.is(facts.ipvs.source, 'test -e /proc/net/ip_vs');
	t.deepEqual(facts.ipvs.ok && facts.ipvs.value, {services: [], remainder: []});
	t.is(facts.iptables.ok && facts.iptables.value.tables.size, 3);
	t.deepEqual(facts.healthz.ok && facts.healthz.value, {status: 503, body: '{"healthy":false}'});
	t.is(facts.proxyMode.ok && facts.proxyMode.value, 'iptables');
	t.true(facts.metrics.ok && facts.metrics.value.samples.length > 50);
	t.deepEqual(
		LOOK_NAMES.filter(name => {
			const fact = facts[name];
			return fact.ok && typeof fact.value === 'object' && 'remainder' in fact.value && fact.value.remainder.length > 0;
		}),
		[],
	);
});

test('only commands of the list are run, and those that would load a module only where it is loaded', async t => {
	const shell = stubShell(NODE);
	await gatherNode(shell);
	const allowed = LOOK_NAMES.flatMap(name => [key(name), ...(lookOf(name).guard ? [lookOf(name).guard!.argv.join(' ')] : [])]);
	t.deepEqual(
		shell.calls.filter(call => !allowed.includes(call)),
		[],
	);
	t.false(shell.calls.includes(key('ipvs')));
	t.true(shell.calls.includes(key('ipset')));
	// Whoever adds a command looks here, too: no verb that changes anything, no shell.
	const programs = [
		'iptables-save',
		'ip6tables-save',
		'iptables-legacy-save',
		'ip6tables-legacy-save',
		'nft',
		'ipset',
		'ipvsadm-save',
		'conntrack',
		'sysctl',
		'ip',
		'ss',
		'ps',
		'curl',
		'tc',
		'test',
	];
	const words = [
		...Object.values(LOOKS).map(({argv}) => argv),
		...LOOK_NAMES.flatMap(name => lookOf(name).guard?.argv ?? [])
			.filter(word => word === 'test')
			.map(word => [word]),
	];
	t.deepEqual(
		words.filter(([program = '']) => !programs.includes(program)),
		[],
	);
	t.deepEqual(
		words
			.flat()
			.filter(
				word =>
					/^(add|del|delete|flush|replace|set|insert|create|destroy|-w|-D|-I|-A|-F|-X|--write|--request|--data)$/.test(word) ||
					word.includes('='),
			),
		[],
	);
});

test('what fails is missing, with its reason; the rest is there', async t => {
	const shell = stubShell({
		...NODE,
		[key('nft')]: {exitCode: 1, stderr: 'Error: Could not process rule: Operation not permitted\n'},
		[key('iptables')]: new TransportError('stub: `iptables-save` was not run: no such program'),
		[key('ipset')]: {exitCode: 1},
		'test -e /proc/net/ip_vs': new TransportError('stub: `test` was not run'),
		[key('metrics')]: {exitCode: 7, stderr: 'curl: (7) Failed to connect to 127.0.0.1 port 10249'},
		[key('configz')]: page('404 page not found\n', 404),
		[key('proxyMode')]: 'iptables',
	});
	const facts = readNode(await gatherNode(shell));
	const missing = LOOK_NAMES.flatMap(name => {
		const fact = facts[name];
		return fact.ok ? [] : [[name, fact.why]];
	});
	t.deepEqual(missing, [
		['iptables', 'stub: `iptables-save` was not run: no such program'],
		['nft', 'exit code 1: Error: Could not process rule: Operation not permitted'],
		['ipset', 'exit code 1: without a message'],
		['ipvs', 'stub: `test` was not run'],
		['proxyMode', 'an answer without a status'],
		['configz', 'status 404: 404 page not found\n'],
		['metrics', 'exit code 7: curl: (7) Failed to connect to 127.0.0.1 port 10249'],
	]);
});

test('what a command says on its error stream is a fact too', async t => {
	const warned = '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n';
	const facts = readNode(
		await gatherNode(stubShell({...NODE, [key('iptables')]: {stdout: fixture('iptables-save.txt'), stderr: warned}})),
	);
	t.like(facts.iptables, {stderr: warned, value: {legacyTablesPresent: true, remainder: []}});
});

test('rules that were changed while they were printed are read again, and it is said', async t => {
	const whole = fixture('iptables-save.txt');
	const chain = /^:KUBE-SERVICES.*$/m.exec(whole)?.[0] as string;
	const torn = whole.replace(chain, `${chain}\n${chain}`);
	const prints = [torn, torn, whole];
	const shell = stubShell({...NODE, [key('iptables')]: () => prints.shift() ?? whole});
	const {iptables} = await gatherNode(shell, {names: ['iptables']});
	t.is(iptables.ok && iptables.value, `${whole}# printed 3 times: the rules were changed while they were read\n`);
	const facts = readNode({...(await gatherNode(stubShell(NODE))), iptables});
	t.deepEqual(facts.iptables.ok && facts.iptables.value.remainder, []);
});

test('rules that are torn each time are shown as they are', async t => {
	const shell = stubShell({...NODE, [key('iptables')]: '*nat\n:A - [0:0]\n:A - [0:0]\nCOMMIT\n'});
	const facts = readNode({...(await gatherNode(shell))});
	t.like(facts.iptables, {value: {remainder: [{why: 'chain A is declared twice'}]}});
	t.is(shell.calls.filter(call => call === 'iptables-save').length, 6);
});

test('some of the facts alone', async t => {
	const shell = stubShell(NODE);
	const texts = await gatherNode(shell, {names: ['iptables', 'ipvs']});
	t.deepEqual(Object.keys(texts), ['iptables', 'ipvs']);
	t.deepEqual(shell.calls, ['iptables-save', 'test -e /proc/net/ip_vs']);
});

test('what is stopped ends, and does not count as missing', async t => {
	const stop = new AbortController();
	const shell = stubShell({
		...NODE,
		[key('ip6tables')]: () => {
			stop.abort(new Error('interrupted'));
			return new TransportError('was stopped');
		},
	});
	await t.throwsAsync(gatherNode(shell, {signal: stop.signal}), {instanceOf: TransportError, message: 'was stopped'});
	t.is(shell.calls.length, 2);
});
