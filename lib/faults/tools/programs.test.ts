import {execFile} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import test from 'ava';
import type {Command} from '../../change/command.ts';
import {decodeAnswer} from '../../probe/dns.ts';
import type {Testbed, TestNode} from '../../testbed/testbed.ts';
import {TRIED} from '../../testbed/tried-names.ts';
import {stubShell} from '../../../test/stub-shell.ts';
import aliasWithAddress from '../alias-with-address.ts';
import connectionsForgotten from '../connections-forgotten.ts';
import {ANSWERS} from '../metrics-of-ipvs.ts';
import {ASKS} from '../names-asked-at-once.ts';
import nodePortTaken, {LISTENS} from '../node-port-taken.ts';
import olderRule from '../older-rule.ts';
import outsideRoute from '../outside-route.ts';

const NODE = {name: 'worker-1', ip: '172.30.0.2'} as TestNode;
const testbedWith = (specs: readonly object[], more: Partial<Testbed> = {}): Testbed =>
	({
		namespace: 'shop',
		family: 'ipv4',
		workers: [NODE],
		kube: {
			core: {
				listNamespacedService: async () =>
					Promise.resolve({items: specs.map((spec, index) => ({metadata: {name: `s${index}`, namespace: 'shop'}, spec}))}),
				readNamespacedConfigMap: async () => Promise.resolve({data: {Corefile: '.:53 {\n}\n'}}),
			},
		},
		...more,
	}) as unknown as Testbed;

const said = (commands: readonly Command[]): string => JSON.stringify(commands);

/** A program of a fault, with a port of its own in place of the node's. */
const started = async (program: string, ...args: readonly string[]) => {
	const child = execFile(process.execPath, ['-e', program, ...args]);
	await once(child, 'spawn');
	return child;
};

/** Until it answers; a program takes a moment to start. */
const answerOf = async (port: number): Promise<Response> => {
	for (;;) {
		try {
			return await fetch(`http://127.0.0.1:${port}/metrics`);
		} catch (error) {
			if ((error as Error).message !== 'fetch failed') throw error;
		}
	}
};

test('a program for the metrics of ipvs', async t => {
	const port = 20_000 + (process.pid % 10_000);
	const child = await started(ANSWERS, String(port));
	t.teardown(() => child.kill());
	t.regex(await (await answerOf(port)).text(), /^kubeproxy_ipvs_connections_total 0$/m);
});

test('a program that asks for all names at once, in questions that can be read', async t => {
	const socket = createSocket('udp4').bind(0, '127.0.0.1');
	await once(socket, 'listening');
	t.teardown(() => socket.close());
	const child = await started(ASKS.replace(', 53,', `, ${socket.address().port},`), '127.0.0.1', '20', ...TRIED);
	t.teardown(() => child.kill());
	for (const name of TRIED) {
		const [message] = (await once(socket, 'message')) as [Buffer];
		message.writeUInt16BE(0x8183, 2);
		t.is(decodeAnswer(message, {id: 1, name, type: 'A'}).rcode, 'NXDOMAIN');
	}
});

test('node-port-taken: a program at the port of the Service', async t => {
	const {inject, undo} = await nodePortTaken.plan(testbedWith([{ports: [{port: 80}]}, {ports: [{port: 80, nodePort: 31_000}]}]), NODE);
	t.true(said(inject).includes(`${JSON.stringify(LISTENS)},"31000"`));
	t.is(undo.length, 1);
	await t.throwsAsync(nodePortTaken.plan(testbedWith([{}]), NODE), {message: 'there is no node port in shop to break'});
});

test('outside-route: a route by a worker', async t => {
	const testbed = testbedWith([{externalIPs: ['198.51.100.7']}], {outside: {ips: [], access: {kind: 'local'}} as never});
	const {inject, undo} = await outsideRoute.plan(testbed);
	t.true(said(inject).includes('route replace 198.51.100.7 via 172.30.0.2'));
	t.true(said(undo).includes('route flush exact 198.51.100.7/32'));
	await t.throwsAsync(outsideRoute.plan(testbedWith([])), {message: /no host outside/});
});

test('alias-with-address: addresses for aliases alone', async t => {
	const testbed = testbedWith([{type: 'ExternalName', externalName: '192.0.2.7'}, {clusterIP: '10.96.0.7'}]);
	const {inject, undo} = await aliasWithAddress.plan(testbed);
	t.true(said(inject).includes('answer \\"s0.shop.svc.cluster.local. 30 IN A 192.0.2.1\\"'));
	t.false(said(inject).includes('s1.shop'));
	t.true(said(undo).includes('.:53 {\\n}\\n'));
	await t.throwsAsync(aliasWithAddress.plan(testbedWith([{}])), {message: 'there is no alias in shop to break'});
});

test('connections-forgotten: the addresses of the family', async t => {
	const specs = [{clusterIPs: ['10.96.0.7', 'fd00:10:96::7']}, {clusterIPs: ['None']}, {clusterIPs: ['fd00:10:96::8']}];
	const argv = async (family: 'ipv4' | 'ipv6') => {
		const {inject, undo} = await connectionsForgotten.plan(testbedWith(specs, {mode: 'nftables', family}), NODE);
		t.deepEqual(undo, []);
		return inject.flatMap(command => (command.kind === 'run' ? command.argv.slice(4) : []));
	};
	t.deepEqual(await argv('ipv4'), ['10.96.0.7']);
	t.deepEqual(await argv('ipv6'), ['fd00:10:96::7', 'fd00:10:96::8']);
	await t.throwsAsync(connectionsForgotten.plan(testbedWith([], {mode: 'iptables'}), NODE), {message: /^there is no Service/});
});

test('connections-forgotten: ipvs gets its own timeout back', async t => {
	const plan = async (said: string) =>
		connectionsForgotten.plan(testbedWith([], {mode: 'ipvs'}), {...NODE, shell: stubShell({'ipvsadm --list --timeout': said})});
	const {inject, undo} = await plan('Timeout (tcp tcpfin udp): 900 120 300\n');
	t.like(inject[0], {argv: ['ipvsadm', '--set', '1', '0', '0']});
	t.like(undo[0], {argv: ['ipvsadm', '--set', '900', '120', '300']});
	await t.throwsAsync(plan('IP Virtual Server version 1.2.1'), {message: /worker-1: ipvsadm tells no timeouts/});
});

test('older-rule: by the tool of the mode and the family', async t => {
	const commands = async (mode: 'iptables' | 'nftables' | 'ipvs', family: 'ipv4' | 'ipv6') => {
		const {inject, undo} = await olderRule.plan(testbedWith([], {mode, family}), NODE);
		return [said(inject), said(undo)] as const;
	};
	for (const mode of ['iptables', 'ipvs'] as const) {
		const [inject, undo] = await commands(mode, 'ipv6');
		t.regex(inject, /"ip6tables -w -t nat -A PREROUTING .* -j KUBE-SERVICES"/);
		t.regex(undo, /"ip6tables -w -t nat -D PREROUTING .* -j KUBE-SERVICES /);
	}
	const [inject, undo] = await commands('nftables', 'ipv4');
	t.regex(inject, /add chain ip kube-proxy mark-for-masquerade; add rule ip kube-proxy mark-for-masquerade/);
	t.regex(undo, /delete chain ip kube-proxy mark-for-masquerade/);
});
