import type {Report} from './report.ts';
import {killsOf, killsText} from './text/kills.ts';

/** Which fault was seen by which check, as plain text; only of a fault run. */
const killsReport: Report = {
	name: 'kills-text',
	file: 'kills.txt',
	render(run) {
		const matrices = killsOf(run);
		return matrices.length === 0 ? undefined : `${matrices.map(killsText).join('\n\n')}\n`;
	},
};
export default killsReport;
