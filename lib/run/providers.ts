import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Provider} from '../../clusters/provider.ts';
import {PROJECT} from './checks.ts';

/** What `auto` tries first; the others follow by name. */
const PREFERENCE: readonly string[] = ['kind', 'embedded'];

const rank = (name: string): number => {
	const index = PREFERENCE.indexOf(name);
	return index === -1 ? PREFERENCE.length : index;
};

/** Names of the providers there are: each file of clusters/ and each folder with an index.ts. Loads none. */
export const providerNames = (): readonly string[] => {
	const root = join(PROJECT, 'clusters');
	return readdirSync(root, {withFileTypes: true}).flatMap(entry => {
		if (entry.isDirectory()) return readdirSync(join(root, entry.name)).includes('index.ts') ? [entry.name] : [];
		return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && entry.name !== 'provider.ts' ? [entry.name.slice(0, -3)] : [];
	}).toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
};

/** Loads the providers, in the order in which `auto` tries them. */
export const loadProviders = async (): Promise<readonly Provider[]> => Promise.all(providerNames().map(async name => {
	const folder = readdirSync(join(PROJECT, 'clusters')).includes(name);
	const {default: provider} = await import(`../../clusters/${name}${folder ? '/index' : ''}.ts`) as {default: Provider};
	return provider;
}));
