import type {Report} from './report.ts';
import {claimsOf} from './text/claims.ts';

/** What the run says of statements that notes and posts repeat, for programs; none of a fault run. */
const claimsReport: Report = {
	name: 'claims-json',
	file: 'claims.json',
	render(run) {
		const claims = claimsOf(run);
		return claims.length === 0 ? undefined : `${JSON.stringify(claims, undefined, '\t')}\n`;
	},
};
export default claimsReport;
