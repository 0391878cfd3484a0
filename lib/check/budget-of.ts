import {DEFAULT_BUDGET_MS, patienceWith} from '../limits.ts';
import type {NodeKernel} from '../target.ts';
import type {CheckSpec} from './check.ts';

/** Whole time of a check on nodes of this kind, in milliseconds. */
export const budgetOf = ({budgetMs = DEFAULT_BUDGET_MS}: Pick<CheckSpec, 'budgetMs'>, nodeKernel: NodeKernel | undefined): number =>
	budgetMs * patienceWith(nodeKernel);
