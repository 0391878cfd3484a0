import type {TestNode, Testbed} from './testbed.ts';

/**
 * The worker that a check takes where one will do: faults go there, unless they choose their node, and it is another one than the first
 * where there are two.
 */
export const lastWorker = ({workers}: Pick<Testbed, 'workers'>): TestNode => workers.at(-1) ?? workers[0];
