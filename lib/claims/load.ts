import {join} from 'node:path';
import {loadParts, partsIn} from '../load.ts';
import type {Claim} from './claim.ts';

const isClaims = (value: unknown): value is readonly Claim[] =>
	Array.isArray(value) &&
	value.every(one => typeof one === 'object' && one !== null && 'id' in one && 'statement' in one && 'judge' in one);

/** Every statement of lib/claims/rows, in the order of the files and in them. A new one is a row of one of them, or of a new file. */
export const loadClaims = async (): Promise<readonly Claim[]> =>
	(await loadParts(partsIn(join(import.meta.dirname, 'rows')), 'list of claims (id, statement, judge)', isClaims)).flatMap(
		({part}) => part,
	);
