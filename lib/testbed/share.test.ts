import test from 'ava';
import type {NodeKernel, Target} from '../target.ts';
import {clientContainer} from './clients.ts';
import type {Testbed} from './testbed.ts';
import {echoContainer} from './workloads.ts';

const asked = (nodeKernel?: NodeKernel): readonly unknown[] => {
	const target = {provider: 'embedded', mode: 'ipvs', family: 'ipv4', version: '1.37.2', nodeKernel} as unknown as Target;
	const cluster = {target, images: {agnhost: 'agnhost', client: 'client'}};
	return [echoContainer({cluster} as unknown as Testbed), clientContainer(cluster as never)].map(({resources}) => resources?.requests);
};

for (const nodeKernel of ['uml', 'uml-built'] as const)
	test(`beside kube-proxy on nodes of one processor (${nodeKernel}) our pods ask for a share of it`, t => {
		t.deepEqual(asked(nodeKernel), [{cpu: '20m'}, {cpu: '20m'}]);
	});

test('on other nodes they ask for nothing', t => {
	t.deepEqual(asked(), [undefined, undefined]);
	t.deepEqual(asked('host'), [undefined, undefined]);
});
