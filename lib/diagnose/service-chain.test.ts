import test from 'ava';
import {diagnosisHtml} from '../../reports/diagnose/html.ts';
import {chainLines} from '../../reports/diagnose/chain.ts';
import {healthy, serviceOf, snapshotFrom, unready, type World} from './fixtures/world.ts';
import {judge} from './judge.ts';
import {loadRules} from './load.ts';
import {serviceChain} from './service-chain.ts';

const rules = await loadRules();
const follow = (change: (world: World) => void, service = 'shop/web', from?: string) => {
	const world = healthy();
	change(world);
	const snapshot = snapshotFrom(world);
	return serviceChain(snapshot, judge(snapshot, rules), rules, {service, ...(from !== undefined && {from})});
};

test('nothing is broken where all is well, and the way is told', t => {
	const chain = follow(() => {}, 'shop/web', 'shop/web-2');
	t.is(chain.chain.broken, undefined);
	const text = chainLines(chain);
	t.regex(text, /from shop\/web-2 on worker-2 to 10\.96\.0\.20:80\/TCP: 10\.244\.1\.3:8080 \(50 %\), 10\.244\.2\.3:8080 \(50 %\)/);
	t.regex(text, /no broken hop was found$/);
});

test('where the selector fits no pod, none is said to be ready; what only nodes could tell is no pass', t => {
	const chain = follow(world => void (serviceOf(world).spec.selector = {app: 'wbe'}));
	const hop = (layer: string) => chain.chain.hops.find(one => one.layer === layer);
	t.is(hop('backend')?.state, 'unknown');
	t.is(hop('backend')?.finding, 'not known: its selector fits no pod');
	t.true(hop('cni')?.evidence.includes('as the API has it: the nodes were not looked at (--nodes or --evidence)'));
	t.false(hop('dns')?.evidence.some(line => line.includes('--nodes')));
});

test('the page shows the way hop by hop', t => {
	const world = healthy();
	serviceOf(world).spec.selector = {app: 'wbe'};
	const snapshot = snapshotFrom(world);
	const diagnosis = judge(snapshot, rules);
	const {service, chain, findings} = serviceChain(snapshot, diagnosis, rules, {service: 'shop/web'});
	const page = diagnosisHtml({...diagnosis, findings, way: {service, hops: chain.hops}});
	t.true(page.includes('<h2>The way to Service shop/web</h2>'));
	t.is(page.split('the first broken hop').length, 2);
	t.false(diagnosisHtml(diagnosis).includes('The way to'));
});

for (const [what, change, layer] of [
	['pods are not ready', world => unready(world, /^web-/), 'backend'],
	['a selector fits nothing', world => void (serviceOf(world).spec.selector = {app: 'wbe'}), 'endpoints'],
	['DNS is down', world => unready(world, /^coredns/), 'dns'],
	[
		'kube-proxy is gone',
		world => void (world.pods = world.pods.filter(({metadata}) => metadata?.name !== 'kube-proxy-worker-2')),
		'kube-proxy',
	],
] as const satisfies ReadonlyArray<readonly [string, (world: World) => void, string]>)
	test(`the first broken hop where ${what}: ${layer}`, t => {
		const chain = follow(change);
		t.is(chain.chain.broken?.layer, layer);
		t.regex(chainLines(chain), /<── the first broken hop/);
	});

test('a Service that is not there, and one of another namespace', t => {
	const {chain, findings} = follow(() => {}, 'default/web');
	t.is(chain.broken?.finding, 'there is no Service default/web, but shop/web');
	t.regex(findings[0]?.fix ?? '', /web\.shop/);
});

test('names that are none', t => {
	t.throws(() => follow(() => {}, 'web'), {message: 'the Service web: write it as NAMESPACE/NAME'});
	t.throws(() => follow(() => {}, 'shop/web', 'shop/gone'), {message: '--from gone: there is no such pod in shop'});
});
