import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

type Skip = {readonly kind: string; readonly detail: string};
type Result = {
	readonly id: string;
	readonly outcome: string;
	readonly skip?: Skip;
};
type Results = ReadonlyMap<string, Result>;
/** What became of each check of a run, by its id. */
export const resultsOf = async (dir: string): Promise<Results> => {
	const {targets} = JSON.parse(await readFile(join(dir, 'run.json'), 'utf8')) as {targets: {checks: Result[]}[]};
	return new Map(targets.flatMap(({checks}) => checks.map(check => [check.id, check] as const)));
};
/** A result in words. */
export const plain = (result?: Result): string =>
	result ? `${result.outcome}${result.skip ? ` (${result.skip.kind}: ${result.skip.detail})` : ''}` : 'not planned';
/** A hold on links, power and the like, which a cluster's own provider offers and nobody else: known as such by its reason. */
export const isOwnHold = (own?: Result, other?: Result): boolean =>
	own?.outcome === 'passed' && other?.outcome === 'skipped' && other.skip?.kind === 'unsupported';
