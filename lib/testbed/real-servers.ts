import {needed} from '../facts/fact.ts';
import {readNode} from '../facts/read-node.ts';
import {look} from '../gather/look.ts';
import type {Testbed} from './testbed.ts';

/** The weights of the real servers of a virtual address, by node and by their address. */
export const weightsOf = async (
	{nodes, signal}: Pick<Testbed, 'nodes' | 'signal'>,
	vip: string,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> =>
	new Map(
		await Promise.all(
			nodes.map(async ({name, shell}) => {
				const {services} = needed(name, readNode(await look(shell, ['ipvs'], signal)).ipvs);
				const own = services.filter(({address}) => address === vip).flatMap(({destinations}) => destinations);
				return [name, new Map(own.map(({address, weight}) => [address, weight]))] as const;
			}),
		),
	);
