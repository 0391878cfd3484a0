import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Fault} from './fault.ts';

/** Finds every fault by its file m<number>-<name>.ts of this folder, in the order of their numbers. Throws TypeError for a file that holds none. */
export const loadFaults = async (): Promise<readonly Fault[]> => {
	const names = (await readdir(import.meta.dirname)).filter(name => /^m\d+-.*(?<!\.test)\.ts$/.test(name));
	const faults = await Promise.all(names.map(async name => {
		const {default: fault} = await import(pathToFileURL(join(import.meta.dirname, name)).href) as {default?: unknown};
		if (!isFault(fault)) throw new TypeError(`lib/faults/${name} has no fault as its default export`);
		return fault;
	}));
	return faults.toSorted((a, b) => a.id.localeCompare(b.id, 'en', {numeric: true}));
};

const isFault = (value: unknown): value is Fault => typeof value === 'object' && value !== null && 'id' in value && 'plan' in value && typeof value.plan === 'function';

/** The faults of an id: the one that has it, or all variants of it (`M14`: M14-wrong, M14-missing, …). Empty: there is no such fault. */
export const faultsOf = (id: string, all: readonly Fault[]): readonly Fault[] => all.filter(fault => fault.id.toLowerCase() === id.toLowerCase() || fault.id.toLowerCase().startsWith(`${id.toLowerCase()}-`));
