import type {Change} from '../../lib/diagnose/migrate/compare-modes.ts';
import type {Migration} from '../../lib/diagnose/migrate/migration.ts';
import {oneLine} from '../text/clean.ts';

const changeLines = (changes: readonly Change[]): string[] =>
	[...Map.groupBy(changes, ({service}) => service)].flatMap(([service, own]) => [
		`  ${oneLine(service)}`,
		...own.map(
			({via, from, before, after, breaks}) =>
				`    ${breaks ? '✗' : '·'} ${oneLine(via)}${from === 'everybody' ? '' : `, from ${from}`}: today it ${before}; ` +
				`in the other mode it ${after}`,
		),
	]);

/** A migration as the terminal shows it: what breaks, what is only otherwise, the nodes, the calendar. */
export const migrationText = ({from, to, services, changes, nodes, calendar, assumed}: Migration): string => {
	const breaking = changes.filter(({breaks}) => breaks);
	const others = changes.filter(({breaks}) => !breaks);
	const count = (some: readonly Change[]): number => new Set(some.map(({service}) => service)).size;
	return [
		`from ${from} to ${to}: ${services} Services`,
		'',
		...(breaking.length > 0 ? ['what works today and will not:', ...changeLines(breaking), ''] : []),
		...(others.length > 0 ? ['what will be otherwise:', ...changeLines(others), ''] : []),
		'nodes:',
		...nodes.map(
			({node, verdict, notes}) =>
				`  ${verdict === 'ready' ? '✓' : verdict === 'unknown' ? '?' : '✗'} ${oneLine(node)}: ${verdict}; ` +
				`${oneLine(notes.join('; '))}`,
		),
		'',
		'calendar of Kubernetes:',
		...calendar.map(({what, when, source, concerns}) => `  ${what}: ${when}; concerns ${concerns} Services here (${source})`),
		'',
		...assumed.map(text => `assumed: ${oneLine(text)}`),
		'',
		`${count(breaking)} Services lose something, ${count(others)} see something else, ` +
			`${nodes.filter(({verdict}) => verdict !== 'ready').length} of ${nodes.length} nodes are not ready or not known`,
	].join('\n');
};
