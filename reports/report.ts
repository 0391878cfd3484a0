import type {Run} from '../lib/events.ts';

/** A report is a pure function of the folded run. One file of this folder (or a folder's index.ts) each. */
export type Report = {readonly name: string; readonly file: string; render(run: Run): string};
