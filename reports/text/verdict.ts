import type {Run} from '../../lib/record/run.ts';
import {isCut} from '../../lib/record/unfinished.ts';

export type Verdict = {
	readonly text: string;
	readonly more: string;
	readonly tone: 'good' | 'bad' | 'open';
};

/** What a reader must know first, as a sentence. */
export const verdictOf = (run: Run): Verdict => {
	const {passed, failed, broken, known} = run.counts;
	const cut = run.targets.flatMap(({checks}) => checks.filter(isCut));
	const stopped = cut.filter(({skip}) => skip?.kind === 'stopped').length;
	const unrun = cut.length - stopped;
	const skipped = run.counts.skipped - cut.length;
	const ran = passed + failed + broken + known + cut.length;
	const lost = run.targets.filter(target => target.problem);
	const more = [
		...lost.map(target => `${target.key}: ${target.problem?.summary}.`),
		known > 0 ? `${known === 1 ? 'One check meets' : `${known} checks meet`} a listed upstream defect.` : '',
		stopped > 0 ? `${stopped === 1 ? 'One check was' : `${stopped} checks were`} stopped while running.` : '',
		unrun > 0 ? `${unrun === 1 ? 'One check was' : `${unrun} checks were`} not run.` : '',
		skipped > 0 ? `${skipped === 1 ? 'One check was' : `${skipped} checks were`} skipped; each says why.` : '',
	]
		.filter(Boolean)
		.join(' ');
	const tone = failed > 0 ? 'bad' : broken > 0 || lost.length > 0 || run.status === 'interrupted' || ran === 0 ? 'open' : 'good';
	return {text: sentence(run, ran), more, tone};
};

const sentence = (run: Run, ran: number): string => {
	const {failed, broken, passed, known} = run.counts;
	const fails = `${failed} of ${ran} ${ran === 1 ? 'check' : 'checks'} failed`;
	if (run.status === 'interrupted')
		return (
			`Interrupted${run.signal === undefined ? '' : ` by ${run.signal}`}: ${passed + failed + known} of ${ran} checks have a ` +
			`result${failed > 0 ? `, ${failed} failed` : ''}${broken > 0 ? `, ${broken} could not be observed` : ''}`
		);
	if (failed > 0) return broken > 0 ? `${fails}, ${broken} more could not be observed` : fails;
	if (broken > 0) return `${broken} of ${ran} checks could not be observed; none failed`;
	if (run.targets.some(target => target.problem)) return 'A cluster could not be tested';
	if (ran === 0) return 'Nothing was checked';
	if (known > 0) return `${passed} of ${ran} checks passed, the rest are known upstream defects`;
	return ran === 1 ? 'The one check passed' : `All ${ran} checks passed`;
};
