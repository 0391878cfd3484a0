import {CLOSE_TIMEOUT_MS} from '../limits.ts';
import {causesOf} from '../usage.ts';
import {deadline} from '../wait/deadline.ts';

/** Waits for work that tidies up, not for ever; what goes wrong with it is told as a step and answered. */
export const bounded = async (
	what: string,
	work: Promise<void> | undefined,
	step: (text: string) => void,
	ms = CLOSE_TIMEOUT_MS,
): Promise<unknown> => {
	const late = new Error(`${what}: not done within ${ms / 1000} s`);
	try {
		await deadline(Promise.resolve(work), {ms, late: () => late});
		return undefined;
	} catch (error) {
		step(error === late ? `${late.message}, left` : `${what}: ${causesOf(error).join(': ')}`);
		return error;
	}
};
