import type {Change} from '../../change/command.ts';
import type {TestNode} from '../../testbed/testbed.ts';
import type {NodeFault} from './fault.ts';

/** What is done to the link of a node from outside, where the provider gives a hold on it. */
export const linkFault = (title: string, change: (node: TestNode) => Change): NodeFault => ({
	title,
	layer: 'link',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: mode}),
	async plan(_, node) {
		const {make, undo} = change(node);
		return Promise.resolve({inject: make, undo});
	},
});
