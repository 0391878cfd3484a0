import {readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {pathOf} from '../check-id.ts';
import {hasMembers, loadParts, partsIn} from '../load.ts';
import {PROJECT} from '../paths.ts';
import type {Check} from '../check/check.ts';

export type FoundCheck = {readonly id: string; readonly check: Check};

const SUITE_FILE = 'suite.test.ts';

/** The file that declares a check's suite to AVA, from the project's directory. */
export const suiteFileOf = (id: string): string => join('suites', dirname(pathOf(id)), SUITE_FILE);

/** Finds every check by its file suites/<suite>/<check>.ts, in order of their ids. Throws TypeError for a file that declares none. */
export const loadChecks = async (suites = join(PROJECT, 'suites')): Promise<readonly FoundCheck[]> => {
	const folders = readdirSync(suites, {withFileTypes: true}).filter(entry => entry.isDirectory());
	const files = folders.flatMap(({name: suite}) =>
		partsIn(join(suites, suite)).map(({name, file}) => ({name: `${suite}/${name}`, file})),
	);
	const loaded = await loadParts(files, 'check', hasMembers<Check>('title', 'body'));
	return loaded.map(({name, part}) => ({id: name, check: part})).toSorted((a, b) => (a.id < b.id ? -1 : 1));
};
