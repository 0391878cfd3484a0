import {oneLine} from '../text/clean.ts';
import {duration} from '../text/duration.ts';
import {comparedLine, type Change, type Compared} from './compared.ts';

const ORDER: readonly Change['kind'][] = ['worse', 'unseen', 'better', 'by design'];
const HEADING: Readonly<Record<Change['kind'], string>> = {
	worse: '✗ worse',
	unseen: '! not comparable: not observed in one of them',
	better: '✓ better',
	'by design': '– different by design',
};

const changeLines = (changes: readonly Change[]): readonly string[] =>
	ORDER.flatMap(kind => {
		const own = changes.filter(change => change.kind === kind);
		return own.length === 0
			? []
			: [
					HEADING[kind],
					...own.flatMap(({check, before, after, why}) => [
						`  ${oneLine(check)}  ${before} → ${after}`,
						...(why === '' ? [] : [`    ${oneLine(why)}`]),
					]),
				];
	});

const list = (title: string, ids: readonly string[]): readonly string[] =>
	ids.length === 0 ? [] : [`${title}: ${ids.map(oneLine).join(', ')}`];

/** Two runs compared, as plain text; of each pair of targets the sum comes last. */
export const comparedText = (all: readonly Compared[]): string =>
	all
		.map(compared =>
			[
				compared.before === compared.after ? compared.after : `${compared.before} → ${compared.after}`,
				...changeLines(compared.changes),
				...(compared.slower.length > 0
					? [
							'… slower',
							...compared.slower.map(
								({check, what, beforeMs, afterMs}) =>
									`  ${oneLine(check)}  ${oneLine(what)}: ${duration(beforeMs)} → ${duration(afterMs)}`,
							),
						]
					: []),
				...list('only in the first', compared.onlyBefore),
				...list('only in the second', compared.onlyAfter),
				comparedLine(compared),
			].join('\n'),
		)
		.join('\n\n');
