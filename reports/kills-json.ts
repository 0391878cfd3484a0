import type {Report} from './report.ts';
import {killsOf} from './text/kills.ts';

/** Which fault was seen by which check, for programs; only of a fault run. */
const killsReport: Report = {
	name: 'kills-json',
	file: 'kills.json',
	render(run) {
		const matrices = killsOf(run);
		return matrices.length === 0 ? undefined : `${JSON.stringify(matrices, undefined, '\t')}\n`;
	},
};
export default killsReport;
