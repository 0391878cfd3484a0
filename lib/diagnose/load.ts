import {join} from 'node:path';
import {hasMembers, loadParts, partsIn} from '../load.ts';
import type {Rule} from './rule.ts';

const RULES = join(import.meta.dirname, 'rules');

/**
 * Finds every rule by its file in rules/, in the order of their names: the file's name is the id. Throws TypeError for a file that holds
 * none.
 */
export const loadRules = async (): Promise<readonly Rule[]> =>
	(await loadParts(partsIn(RULES), 'rule', hasMembers<Omit<Rule, 'id'>>('evaluate', 'needs'))).map(({name, part}) => ({
		...part,
		id: name,
	}));
