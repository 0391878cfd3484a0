import {join} from 'node:path';
import type {Provider} from '../../clusters/provider.ts';
import {hasMembers, loadParts, partsIn} from '../load.ts';
import {PROJECT} from '../paths.ts';

/** What `auto` tries first; the others follow by name. */
const PREFERENCE: readonly string[] = ['kind', 'embedded'];

const rank = (name: string): number => {
	const index = PREFERENCE.indexOf(name);
	return index === -1 ? PREFERENCE.length : index;
};

/** Loads the providers, each a file of clusters/ or a folder with an index.ts, in the order in which `auto` tries them. */
export const loadProviders = async (): Promise<readonly Provider[]> => {
	const files = partsIn(join(PROJECT, 'clusters'), name => name !== 'provider').toSorted((a, b) => rank(a.name) - rank(b.name));
	return (await loadParts(files, 'provider', hasMembers<Provider>('name', 'preflight', 'create', 'destroy'))).map(({part}) => part);
};
