import type {NodeKernel} from '../../../lib/target.ts';
import {host} from './host.ts';
import type {Kernel} from './kernel.ts';
import {umlBuilt} from './uml-built.ts';
import {uml} from './uml.ts';

const KERNELS: Readonly<Record<NodeKernel, Kernel>> = {host, uml, 'uml-built': umlBuilt};

/** That of a target's nodes, the host's where nothing is said. */
export const kernelOf = (nodeKernel: NodeKernel = 'host'): Kernel => KERNELS[nodeKernel];
