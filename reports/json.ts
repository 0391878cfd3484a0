import {RUN_FORMAT} from './text/run-format.ts';
import type {Report} from './report.ts';

/**
 * The folded run itself, as docs/run.schema.json describes it: keys in the order of the fold, one value a line, so that two runs can be
 * compared with diff.
 */
const json = {
	name: 'json',
	file: 'run.json',
	// The history is of other runs: JSON leaves out what is undefined.
	render: run => `${JSON.stringify({format: RUN_FORMAT, ...run, history: undefined}, undefined, 2)}\n`,
} satisfies Report;
export default json;
