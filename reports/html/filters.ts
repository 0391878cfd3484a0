import {raw} from 'hono/html';
import type {Outcome} from '../../lib/record/events.ts';
import type {Run} from '../../lib/record/run.ts';
import {differencesOf} from '../text/differences.ts';
import {OUTCOMES} from '../text/outcome.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

/** What a choice leaves to be seen: rows of the grid by what is in them, checks by their outcome. */
type Choice = {
	readonly id: string;
	readonly label: string;
	readonly count: number;
	readonly outcomes: readonly Outcome[] | 'differ';
};

const choicesOf = (run: Run): readonly Choice[] => {
	const count = (...outcomes: readonly Outcome[]): number => outcomes.reduce((sum, outcome) => sum + run.counts[outcome], 0);
	return [
		{id: 'red', label: 'red', count: count('failed', 'broken'), outcomes: ['failed', 'broken'] as const},
		...OUTCOMES.map(outcome => ({id: outcome, label: outcome, count: count(outcome), outcomes: [outcome]})),
		{id: 'differ', label: 'not the same on all', count: differencesOf(run).length, outcomes: 'differ' as const},
	].filter(choice => choice.count > 0 && !(choice.id === 'red' && (run.counts.failed === 0 || run.counts.broken === 0)));
};

const suitesOf = (run: Run): readonly string[] => [...new Set(run.targets.flatMap(({checks}) => checks.map(({suite}) => suite)))].sort();

const radio = (group: string, id: string, label: string, isFirst: boolean): Html =>
	h`<label><input type="radio" name="${group}" id="${id}"${isFirst ? h` checked` : ''}> ${label}</label>`;

/** One choice for each target, by its mode; where a mode is there twice, by what else tells them apart. */
const targetRadios = ({targets}: Run): readonly Html[] => {
	const isTwice = (mode: string): boolean => targets.filter(({spec}) => spec.mode === mode).length > 1;
	return targets.map(
		({key, spec: {mode, family, version}}, n) =>
			h`<label title="${key}"><input type="radio" name="target" id="target-${n}"> ${mode}${
				isTwice(mode) ? ` ${family} ${version}` : ''
			}</label>`,
	);
};

/** Choices without a script: each hides by CSS what it does not mean. Where a browser does not know `:has()` all stays to be seen. */
export const filters = (run: Run): Html => {
	const all = run.targets.reduce((sum, {checks}) => sum + checks.length, 0);
	if (all === 0) return h``;
	return h`<form class="filters" aria-label="What is shown">
<fieldset><legend>Show</legend>${radio('show', 'show-all', `all ${all}`, true)}${choicesOf(run).map(({id, label, count}) =>
		radio('show', `show-${id}`, `${label} ${count}`, false),
	)}</fieldset>
${run.targets.length > 1 && h`<fieldset><legend>Mode</legend>${radio('target', 'target-all', 'all', true)}${targetRadios(run)}</fieldset>`}
<label class="suites">Suite <select id="suites"><option value="" selected>all</option>${suitesOf(run).map(
		(suite, n) => h`<option value="${n}">${suite}</option>`,
	)}</select></label>
</form>`;
};

const quoted = (text: string): string => `"${text.replaceAll(/[^\w ./@-]/g, character => `\\${character.codePointAt(0)?.toString(16)} `)}"`;

/** What is not to be seen where a choice is taken. */
const hidden = (choice: string, ...what: readonly string[]): string =>
	`.filters:has(${choice}:checked) ~ * { ${what.map(selector => `& ${selector}`).join(', ')} { display: none; } }`;

/** The style that goes with the choices of this run. */
export const filterStyle = (run: Run): Html => {
	const rules = [
		...choicesOf(run).map(({id, outcomes}) => {
			const row = outcomes === 'differ' ? '.differs' : `:is(${outcomes.map(outcome => `.has-${outcome}`).join(', ')})`;
			const check = outcomes === 'differ' ? '.differs' : `:is(${outcomes.map(outcome => `.${outcome}`).join(', ')})`;
			return hidden(
				`#show-${id}`,
				`.matrix.checks tbody tr:not(${row})`,
				`.check:not(${check})`,
				`.unrun tbody tr:not(${check})`,
				`.suite:not(:has(.check${check}, .unrun tbody tr${check}))`,
			);
		}),
		...run.targets.map(({key}, n) => {
			const others = `.filters:has(#target-${n}:checked) ~ .target:not([data-target=${quoted(key)}])`;
			return `${others} { display: none; } ${hidden(
				`#target-${n}`,
				`.matrix.checks :is(th, td):nth-child(n + 2):not(:nth-child(${n + 2}))`,
			)}`;
		}),
		...suitesOf(run).map((suite, n) => {
			const own = `[data-suite=${quoted(suite)}]`;
			return hidden(
				`#suites option[value="${n}"]`,
				`.matrix.checks tbody:not(${own})`,
				`.suite[data-suite]:not(${own})`,
				`.unrun tbody tr:not(${own})`,
				`.suite:not([data-suite]):not(:has(tbody tr${own}))`,
			);
		}),
	];
	return raw(rules.join('\n')) as Html;
};
