import type {Problem} from './events.ts';

/** The cluster broke the contract: the outcome is 'failed'. */
export class Violation extends Error {
	override name = 'Violation';
	readonly problem: Problem;
	constructor(problem: Problem) {
		super(problem.summary);
		this.problem = problem;
	}
}
