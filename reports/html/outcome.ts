import type {Outcome} from '../../lib/record/events.ts';
import {SYMBOL} from '../text/outcome.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

/** Symbol and word; the colour only helps. */
export const badge = (outcome: Outcome): Html =>
	h`<span class="badge ${outcome}"><span class="symbol" aria-hidden="true">${SYMBOL[outcome]}</span> ${outcome}</span>`;
