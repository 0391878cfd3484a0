import type {Report} from './report.ts';

/** The folded run itself: keys in the order of the fold, one value a line, so that two runs can be compared with diff. */
const json: Report = {name: 'json', file: 'run.json', render: run => `${JSON.stringify(run, undefined, 2)}\n`};
export default json;
