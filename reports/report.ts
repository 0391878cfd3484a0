import type {Run} from '../lib/record/run.ts';

/** A report is a pure function of the folded run. One file of this folder (or a folder's index.ts) each. */
export type Report = {
	readonly name: string;
	readonly file: string;
	/** Undefined: this report has nothing to say of such a run, and no file is written. */
	render(run: Run): string | undefined;
};
