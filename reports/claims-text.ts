import type {ClaimRun} from '../lib/claims/judged.ts';
import type {Run} from '../lib/record/run.ts';
import type {Report} from './report.ts';
import {claimsOf} from './text/claims.ts';
import {escape} from './text/markdown.ts';
import {SYMBOL} from './text/outcome.ts';

/** What the run says of statements that notes and posts repeat, as a page to keep or to send; none of a fault run. */
const claimsText: Report = {
	name: 'claims-text',
	file: 'claims.md',
	render(run) {
		const claims = claimsOf(run);
		return claims.length === 0 ? undefined : `${[...heading(run, claims), ...claims.map(section)].join('\n\n')}\n`;
	},
};
export default claimsText;

const heading = (run: Run, claims: readonly ClaimRun[]): readonly string[] => {
	const counts = [...Map.groupBy(claims, ({verdict}) => verdict)].map(([verdict, all]) => `- ${all.length}: ${verdict}`);
	return [
		'# Said and measured',
		`On ${run.targets.map(({key}) => escape(key)).join(', ')}: ${claims.length} statements.`,
		counts.join('\n'),
	];
};

/** Targets that say the same of it are told once. */
const section = ({id, statement, expected, refs, verdict, targets}: ClaimRun): string => {
	const said = [...Map.groupBy(targets, one => `${one.verdict}: ${one.why}`)].map(([text, group]) => {
		const modes = [...new Set(group.flatMap(({mode}) => mode ?? []))].join(', ');
		const checks = group.flatMap(one => one.evidence.map(({check, outcome}) => `${SYMBOL[outcome]} ${check}`));
		return `- ${escape(`${modes && `${modes}: `}${text}`)}${checks.length > 0 ? ` (${escape([...new Set(checks)].join(', '))})` : ''}`;
	});
	const from = refs.length > 0 ? ` (${refs.join(', ')})` : '';
	return [
		`## ${escape(statement)}`,
		`**${escape(verdict)}** (${escape(id)}). Expected from its sources: ${escape(expected)}${from}`,
		said.join('\n'),
	].join('\n\n');
};
