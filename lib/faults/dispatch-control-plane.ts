import type {Testbed, TestNode} from '../testbed/testbed.ts';
import {dispatch} from './dispatch.ts';
import {firstOf} from './tools/choices.ts';
import {ruleFault} from './tools/rule-fault.ts';

const choose = async ({nodes}: Testbed): Promise<TestNode> =>
	Promise.resolve(
		firstOf(
			nodes.filter(({role}) => role === 'control-plane'),
			'no node of the control plane',
		),
	);

export default {...ruleFault('a node of the control plane has no rule that leads to the Service', dispatch), choose};
