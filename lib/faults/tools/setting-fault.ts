import type {Command} from '../../change/command.ts';
import {succeed} from '../../shell/succeed.ts';
import type {IpFamily} from '../../target.ts';
import type {TestNode, Testbed} from '../../testbed/testbed.ts';
import type {NodeFault, Plan} from './fault.ts';

/** A setting of one node's kernel has another value; what it had is put back. `keyIn`: its name, which may be another in each family. */
export const settingFault = (
	title: string,
	keyIn: (family: IpFamily) => string,
	value: string,
	applies: NodeFault['applies'] = ({mode}) => ({ok: true, how: mode}),
): NodeFault => ({
	title,
	layer: 'sysctl',
	on: 'node',
	when: 'settled',
	// It sets what it needs when it starts, not later.
	stopsKubeProxy: false,
	applies,
	async plan({family}: Testbed, {name, shell}: TestNode): Promise<Plan> {
		const key = keyIn(family);
		const before = (await succeed(shell, ['sysctl', '-n', key])).trim();
		const set = (to: string): Command => ({kind: 'run', node: name, argv: ['sysctl', '-q', '-w', `${key}=${to}`]});
		return {inject: [set(value)], undo: [set(before)]};
	},
});
