import type {Machine, Owner} from './machine.ts';
import {namespaceMachine} from './namespaces.ts';
import {machineDir, readPrepared} from './prepare.ts';
import {umlMachine} from './uml/machine.ts';

/** A machine whose files are prepared, whatever it is made of. */
export const openMachine = async (owner: Owner, name: string): Promise<Machine> => {
	const {kernel} = await readPrepared(machineDir(owner.cluster, name));
	return kernel ? umlMachine(owner, name, kernel) : namespaceMachine(owner, name);
};
