import {readdir} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Check} from '../check/check.ts';

export type FoundCheck = {readonly id: string; readonly check: Check};

/** The project's own directory: what is run from source lies here, wherever vipcheck is called from. */
export const PROJECT = join(import.meta.dirname, '..', '..');

const SUITE_FILE = 'suite.test.ts';

/** The file that declares a check's suite to AVA, from the project's directory. */
export const suiteFileOf = (id: string): string => join('suites', dirname(id), SUITE_FILE);

/** Finds every check by its file suites/<suite>/<check>.ts, in order of their ids. Throws TypeError for a file that declares none. */
export const loadChecks = async (suites = join(PROJECT, 'suites')): Promise<readonly FoundCheck[]> => {
	const folders = (await readdir(suites, {withFileTypes: true})).filter(entry => entry.isDirectory()).map(({name}) => name);
	const ids = (await Promise.all(folders.map(async folder => (await readdir(join(suites, folder)))
		.filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
		.map(name => `${folder}/${basename(name, '.ts')}`)))).flat();
	return Promise.all(ids.toSorted().map(async id => {
		const {default: check} = await import(pathToFileURL(join(suites, `${id}.ts`)).href) as {default?: unknown};
		if (!isCheck(check)) throw new TypeError(`suites/${id}.ts has no check as its default export`);
		return {id, check};
	}));
};

const isCheck = (value: unknown): value is Check => typeof value === 'object' && value !== null && 'title' in value && 'body' in value && typeof value.body === 'function';
