import type {Defect, Outcome} from '../../lib/record/events.ts';
import {oneLine} from './clean.ts';

/**
 * What a listed upstream defect has to do with an outcome: it explains the red, or it did not occur any more; undefined where none is
 * listed.
 */
export const defectText = ({outcome, defect}: {readonly outcome: Outcome; readonly defect?: Defect}): string | undefined => {
	if (!defect) return undefined;
	const {id, what, issue} = defect;
	if (outcome === 'known') return oneLine(`known upstream defect ${id}: ${what} (${issue})`);
	return outcome === 'passed'
		? oneLine(`passed in spite of the known defect ${id} (${issue}): its entry in the list is out of date`)
		: undefined;
};
