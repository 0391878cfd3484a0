import test from 'ava';
import type {ClusterFacts} from '../../../lib/record/surroundings.ts';
import {clusterDrawing} from './cluster.ts';
import {sharesTable} from './shares.ts';
import {timelineTable} from './timeline.ts';

const facts: ClusterFacts = {
	kubernetes: '1.36.3',
	mode: 'iptables',
	parts: {},
	outside: ['10.77.0.100'],
	nodes: ['worker-1', 'worker-10', 'worker-2'].map((name, n) => ({
		name,
		role: 'worker',
		kernel: '6.1',
		runtime: 'containerd',
		ips: [`10.77.0.1${n}`],
	})),
};

test('the node whose rules decided is marked, and each way once', t => {
	const way = {to: '10.77.0.11:31712 TCP', wrong: 'refused'};
	const drawing = clusterDrawing({
		facts,
		nodes: ['worker-10'],
		layer: {name: 'rules', detail: 'nat KUBE-SEP-X on worker-10 lacks -j DNAT'},
		ways: [
			{...way, from: 'a pod on worker-1', node: 'worker-10'},
			{...way, from: 'worker-1', node: 'worker-10'},
			{...way, from: 'outside', node: 'worker-10'},
			{...way, from: 'outside', node: 'gone'},
		],
	}).toString();
	t.is(drawing.match(/class="node hit"/g)?.length, 1);
	t.regex(drawing, /class="node hit">[^]*?worker-10[^]*?✗ rules/);
	t.is(drawing.match(/class="way"/g)?.length, 2);
	t.regex(drawing, /role="img" aria-label="3 nodes: [^"]*; broken \(rules\) on worker-10; 4 ways go wrong"/);
});

test('of several nodes the one that the layer names is where it is', t => {
	const layer = {name: 'backend', detail: 'pod echo-x0q2z does not answer its own node worker-1'};
	const scene = {pods: [{name: 'echo-x0q2z', node: 'worker-1', ip: '10.244.1.7'}], addresses: []};
	const drawing = clusterDrawing({facts, scene, nodes: ['worker-1', 'worker-10'], layer}).toString();
	t.regex(drawing, />worker-1<[^]*✗ backend[^]*>worker-10<[^]*✗ seen here/);
	t.is(drawing.match(/class="pod off"/g)?.length, 1);
});

test('a long name ends in what tells it apart', t => {
	const scene = {pods: [{name: 'echo-5f7c9d8b6-x0q2z', node: 'worker-1', ip: '10.244.1.7'}], addresses: []};
	t.regex(clusterDrawing({facts, scene}).toString(), />echo-5f7…x0q2z 10\.244\.1\.7|>echo-5\S*…\S*q2z 10\.244\.1\.7/);
});

test('a bar that ends outside its band is marked, but only where the test says so', t => {
	const row = {name: 'worker-1', from: 99, to: 202, verdict: 'p 2e-9', bars: [{name: 'echo-0', value: 250}]};
	const table = (ok: boolean): string => sharesTable({kind: 'shares', title: 'Answers', band: 'chance', rows: [{...row, ok}]}).toString();
	t.regex(table(false), /<path class="off"[^]*99 to 202[^]*✗ p 2e-9/);
	t.notRegex(table(true), /class="off"/);
});

test('a time line tells its bad stretches in words, the rows that have any first', t => {
	const table = timelineTable({
		kind: 'timeline',
		title: 'Connections',
		unit: 'ms',
		rows: [
			{name: 'worker-1', stretches: [{from: 0, to: 500, mark: '.', text: 'answered'}]},
			{
				name: 'worker-2',
				stretches: [
					{from: 0, to: 200, mark: '.', text: 'answered'},
					{from: 200, to: 500, mark: 'X', text: 'timeout'},
				],
			},
		],
		moments: [{at: 250, text: 'cut'}],
	}).toString();
	t.true(table.indexOf('worker-2') < table.indexOf('worker-1'));
	t.regex(table, /timeout 0\.2 s to 0\.5 s/);
	t.regex(table, /class="moment" d="M200 0v12"/);
});
