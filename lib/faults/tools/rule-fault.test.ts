import test from 'ava';
import {PROXY_MODES} from '../../model/modes/modes.ts';
import {dumpedCase} from '../../model/rules/fixtures/ipvs-dumps.ts';
import {ipvsFacts} from '../../model/rules/fixtures/ipvs-node.ts';
import {stubShell} from '../../../test/stub-shell.ts';
import {affinityLost} from '../affinity-lost.ts';
import {dispatch} from '../dispatch.ts';
import {endpointRule} from '../endpoint-rule.ts';
import {refusal} from '../refusal.ts';
import {otherScheduler} from '../other-scheduler.ts';
import {realServerGone} from '../real-server-gone.ts';
import {setEntryForeign} from '../set-entry-foreign.ts';
import {setEntryGone} from '../set-entry-gone.ts';
import {skewedChoice} from '../skewed-choice.ts';
import {untracked} from '../untracked.ts';
import {vipUnbound} from '../vip-unbound.ts';
import {withOwners} from './edit.ts';
import {writing, type Breach} from './rule-fault.ts';

// A node of ipvs mode; its Services are shop/s0, default/s1 and kube-system/s2.
const {state, node, family} = dumpedCase('1.36-ranges');
const actual = PROXY_MODES.ipvs.actual(ipvsFacts(), family, state.proxy);
if (!actual.ok) throw new Error(actual.why);
const graph = withOwners(actual.value.graph, PROXY_MODES.ipvs.expected(state, node, family, ipvsFacts()));

const lines = async (breach: Breach, namespace: string) => {
	const {inject, undo} = await writing(breach(graph, namespace), {node: {name: 'worker-1', shell: stubShell({})}, family, graph});
	const [made, back] = [inject, undo].map(commands =>
		commands.map(command => (command.kind === 'run' ? [command.argv.join(' '), ...(command.stdin?.split('\n') ?? [])] : [])),
	);
	return {made: made?.flat() ?? [], back: back?.flat() ?? []};
};

const again = (add: string, edit: string): string => `sh -c ipvsadm ${add} "$@" 2>/dev/null || exec ipvsadm ${edit} "$@" ipvsadm`;
const SERVICE = again('-A', '-E');
const SERVER = again('-a', '-e');
const S2 = ['10.244.3.2', '10.244.3.4', '192.168.0.4'];
const whole = (at: string): readonly string[] => [
	`${SERVICE} -t ${at} -s rr -p 60`,
	...S2.map(ip => `${SERVER} -t ${at} -r ${ip}:65535 -m -w 1`),
];
const PLACES = ['172.30.0.121:80', '192.168.0.2:30775'];

for (const [title, breach, made] of [
	['dispatch', dispatch, PLACES.map(at => `ipvsadm -D -t ${at}`)],
	['affinity-lost', affinityLost, PLACES.map(at => `ipvsadm -E -t ${at} -s rr`)],
	['skewed-choice', skewedChoice.ipvs, PLACES.map(at => `ipvsadm -e -t ${at} -r 192.168.0.4:65535 -m -w 0`)],
	['endpoint-rule', endpointRule.ipvs, PLACES.map(at => `ipvsadm -e -t ${at} -r 192.168.0.4:65535 -g -w 1`)],
] as const)
	test(`${title} in ipvs mode: the virtual servers of the Service, and back whole`, async t => {
		const commands = await lines(breach, 'kube-system');
		t.deepEqual(commands.made.toSorted(), made.toSorted());
		t.deepEqual(commands.back.toSorted(), PLACES.flatMap(at => whole(at)).toSorted());
	});

test('refusal in ipvs mode: the addresses of virtual servers without real servers', async t => {
	t.deepEqual(await lines(refusal.ipvs, 'shop'), {
		made: ['ip address del 172.30.2.103/32 dev kube-ipvs0', 'ip address del 192.168.99.138/32 dev kube-ipvs0'],
		back: ['ip address replace 172.30.2.103/32 dev kube-ipvs0', 'ip address replace 192.168.99.138/32 dev kube-ipvs0'],
	});
	t.deepEqual(refusal.ipvs(graph, 'kube-system'), []);
});

test('entries of sets go and come, settings change, and all of it back', async t => {
	const set = graph.get('ipset KUBE-CLUSTER-IP');
	const own = set?.parts.filter(({about}) => about === 'kube-system/s2') ?? [];
	const tracking = graph.get('sysctl')?.parts.filter(({pieces: [name]}) => name === 'net.ipv4.vs.conntrack') ?? [];
	const breach: Breach = () => [
		...own.map(part => ({kind: 'take', where: 'ipset KUBE-CLUSTER-IP', part}) as const),
		{kind: 'add', where: 'ipset KUBE-IPVS-IPS', text: '192.0.2.1'},
		{kind: 'add', where: 'kube-ipvs0', text: '192.0.2.1/32'},
		...tracking.map(part => ({kind: 'change', where: 'sysctl', part, to: '0'}) as const),
	];
	t.deepEqual(await lines(breach, ''), {
		made: [
			'ipset -exist restore',
			'del KUBE-CLUSTER-IP 172.30.0.121,tcp:80',
			'add KUBE-IPVS-IPS 192.0.2.1',
			'',
			'ip address add 192.0.2.1/32 dev kube-ipvs0',
			'sysctl -q -w net.ipv4.vs.conntrack=0',
		],
		back: [
			'ipset -exist restore',
			'del KUBE-IPVS-IPS 192.0.2.1',
			'add KUBE-CLUSTER-IP 172.30.0.121,tcp:80',
			'',
			'sh -c ip address del "$1" dev "$2" 2>/dev/null; true del 192.0.2.1/32 kube-ipvs0',
			'sysctl -q -w net.ipv4.vs.conntrack=1',
		],
	});
});

test('what no tool can do is an error', async t => {
	await t.throwsAsync(
		lines(() => [{kind: 'take', where: 'ipset KUBE-CLUSTER-IP'}], ''),
		{message: /entries of it can be taken away/},
	);
	await t.throwsAsync(
		lines(() => [{kind: 'add', where: 'somewhere', text: ''}], ''),
		{message: 'nothing is known that could change somewhere'},
	);
});

test('set-entry-gone, set-entry-foreign: a member of each set', t => {
	const sets = [...graph.keys()].filter(where => where.startsWith('ipset '));
	t.is(sets.length, 17);
	const gone = new Map(setEntryGone(graph, 'default').map(edit => [edit.where, edit.kind === 'take' ? edit.part?.text : edit.kind]));
	t.is(gone.get('ipset KUBE-LOAD-BALANCER-FW'), '192.168.99.110,udp:30080');
	t.true(
		[...gone].every(([where, text]) => graph.get(where)?.parts.some(part => part.text === text && part.about?.startsWith('default/'))),
	);
	const foreign = new Map(setEntryForeign(graph, '').map(edit => [edit.where, edit.kind === 'add' ? edit.text : edit.kind]));
	t.deepEqual([...foreign.keys()].toSorted(), sets.toSorted());
	t.deepEqual(
		['NODE-PORT-TCP', 'CLUSTER-IP', 'LOOP-BACK', 'LOAD-BALANCER-SOURCE-CIDR', 'IPVS-IPS'].map(key => foreign.get(`ipset KUBE-${key}`)),
		['1', '192.0.2.1,tcp:9', '192.0.2.1,tcp:9,192.0.2.1', '192.0.2.1,tcp:9,192.0.2.1', '192.0.2.1'],
	);
});

for (const [title, breach, made] of [
	['other-scheduler', otherScheduler, PLACES.map(at => `ipvsadm -E -t ${at} -s sh -p 60`)],
	['real-server-gone', realServerGone, PLACES.map(at => `ipvsadm -d -t ${at} -r 192.168.0.4:65535`)],
	['vip-unbound', vipUnbound, ['ip address del 172.30.0.121/32 dev kube-ipvs0']],
	['untracked', untracked, ['sysctl -q -w net.ipv4.vs.conntrack=0']],
] as const)
	test(`${title} in ipvs mode`, async t => {
		t.deepEqual((await lines(breach, 'kube-system')).made.toSorted(), made.toSorted());
	});
