import test from 'ava';
import {Violation} from '../record/problem.ts';
import {judgeNoNodePorts} from './no-node-ports.ts';

test('a Service that wants no node ports must have none', t => {
	const testbed = {namespace: 'shop'};
	t.notThrows(() => judgeNoNodePorts(testbed, {name: 'web', nodePorts: {}}));
	const error = t.throws(() => judgeNoNodePorts(testbed, {name: 'web', nodePorts: {http: 30_080}}), {instanceOf: Violation});
	t.like(error?.problem, {
		observed: '{"http":30080}',
		layer: {name: 'api'},
		reproduce: ['kubectl --namespace shop get service web --output yaml'],
	});
});
