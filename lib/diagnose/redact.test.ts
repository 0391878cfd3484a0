import test from 'ava';
import {diagnosisHtml} from '../../reports/diagnose/html.ts';
import {diagnosisText} from '../../reports/diagnose/console.ts';
import {diagnosisJunit} from '../../reports/diagnose/junit.ts';
import {diagnosisJson} from '../../reports/diagnose/json.ts';
import {healthy, node, pod, podsNamed, policy, service, serviceOf, slice, snapshotFrom, waiting, type World} from './fixtures/world.ts';
import {chainLines} from '../../reports/diagnose/chain.ts';
import {judge} from './judge.ts';
import {loadRules} from './load.ts';
import {redact} from './redact.ts';
import {serviceChain} from './service-chain.ts';

/** Words that a company would not want to be seen: none of them is a word of Kubernetes. */
const SECRET = [
	'acmecorp',
	'payroll',
	'ledger',
	'zurich-dc1',
	'goldmine',
	'registry.acmecorp.example',
	'team-blue',
	'tok3n',
	'198.51.100',
	'10.44.',
	'blackhole',
];

const owned = (world: World): void => {
	world.nodes.push(node('zurich-dc1-n7', '198.51.100.7', '10.44.7.0/24'));
	const ledger = [1, 2].map(n =>
		pod(`ledger-${n}`, `10.44.7.${n}`, {
			namespace: 'payroll',
			node: 'zurich-dc1-n7',
			labels: {'acmecorp.example/app': 'ledger', owner: 'team-blue'},
			image: 'registry.acmecorp.example/goldmine:3',
			ports: [{name: 'goldmine', containerPort: 8443}],
		}),
	);
	world.pods.push(...ledger);
	world.services.push(
		service('ledger', '10.96.44.4', {namespace: 'payroll', selector: {'acmecorp.example/app': 'ledgr'}}),
		service('books', '10.96.44.5', {
			namespace: 'payroll',
			selector: {owner: 'team-blue'},
			ports: [{name: 'goldmine', port: 443, targetPort: '8443'}],
			externalIPs: ['198.51.100.7'],
		}),
		{metadata: {name: 'bank', namespace: 'payroll'}, spec: {type: 'ExternalName', externalName: 'ledger.acmecorp.example'}},
	);
	world.slices.push(slice('books', ledger, {namespace: 'payroll'}));
	world.networkPolicies.push({
		...policy('blackhole', {podSelector: {matchLabels: {owner: 'team-blue'}}, policyTypes: ['Egress'], egress: []}),
		metadata: {name: 'blackhole', namespace: 'payroll'},
	});
	waiting(world, /^web-/, 'CrashLoopBackOff');
	for (const {status} of podsNamed(world, /^web-/))
		status.containerStatuses![0]!.state!.waiting!.message = 'cannot reach acmecorp with tok3n';
	serviceOf(world).metadata!.annotations = {'acmecorp.example/note': 'tok3n'};
};

test('no original string survives in any output, and the findings stay', async t => {
	const rules = await loadRules();
	const world = healthy();
	owned(world);
	const plain = snapshotFrom(world);
	const {snapshot: clean, nameOf} = redact(plain, Buffer.alloc(32, 7));
	const [before, after] = [judge(plain, rules), judge(clean, rules)];
	const outputs = [JSON.stringify(clean), diagnosisText(after), diagnosisHtml(after), diagnosisJunit(after), diagnosisJson(after)];
	for (const [service, from] of [
		['payroll/ledger', 'payroll/ledger-1'],
		['payroll/books', undefined],
		['payroll/goldmine', undefined],
	] as const) {
		const chain = serviceChain(clean, after, rules, {service: nameOf(service), ...(from !== undefined && {from: nameOf(from)})});
		outputs.push(chainLines(chain), JSON.stringify(chain));
	}
	const wrong = serviceChain(clean, after, rules, {service: nameOf('payroll/ledger'), from: nameOf('payroll/ledger-1')});
	t.is(wrong.chain.broken?.layer, 'endpoints');
	t.deepEqual(
		SECRET.filter(word => outputs.some(text => text.includes(word))),
		[],
	);
	// The test can see them: they are all in what is not redacted.
	t.deepEqual(
		SECRET.filter(word => !JSON.stringify(plain).includes(word)),
		[],
	);
	const counts = (findings: typeof before.findings) => findings.map(({rule, severity}) => `${rule} ${severity}`).sort();
	t.deepEqual(counts(after.findings), counts(before.findings));
	t.true(before.findings.length >= 4);
});

test('the same becomes the same, another secret gives others', t => {
	const plain = snapshotFrom(healthy());
	const once = (byte: number): string => JSON.stringify(redact(plain, Buffer.alloc(32, byte)).snapshot);
	t.is(once(1), once(1));
	t.not(once(1), once(2));
});

test('networks stay networks', t => {
	const {facts} = redact(snapshotFrom(healthy())).snapshot;
	const nodes = facts.nodes?.ok ? facts.nodes.value : [];
	const pods = facts.pods?.ok ? facts.pods.value : [];
	t.is(new Set(nodes.map(({spec}) => spec?.podCIDRs?.[0]?.split('.').slice(0, 2).join('.'))).size, 1);
	for (const {status, spec} of pods.filter(each => !each.spec?.hostNetwork)) {
		const own = nodes.find(({metadata}) => metadata?.name === spec?.nodeName)?.spec?.podCIDRs?.[0];
		t.is(status?.podIP?.split('.').slice(0, 3).join('.'), own?.split('.').slice(0, 3).join('.'));
	}
});
