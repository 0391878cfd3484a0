import {join} from 'node:path';
import {matcher} from '../../check/match.ts';
import {hasMembers, loadParts, partsIn} from '../../load.ts';
import type {Fault, FaultSpec} from './fault.ts';

const FOLDER = join(import.meta.dirname, '..');

/**
 * Finds every fault of lib/faults by its file, whose name is its id, in the order of the names. Throws TypeError for a file that holds
 * none.
 */
export const loadFaults = async (): Promise<readonly Fault[]> =>
	(await loadParts(partsIn(FOLDER), 'fault', hasMembers<FaultSpec>('plan'))).map(({name, part}) => ({...part, id: name}));

/**
 * The faults that a name means: the one of that id, or, with `*` for any run of characters (`dns-*`), all that fit. Empty: there is none.
 */
export const faultsOf = (name: string, all: readonly Fault[]): readonly Fault[] => {
	const fits = matcher([name]);
	return all.filter(({id}) => fits(id));
};
