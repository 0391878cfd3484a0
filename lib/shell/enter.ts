import type {Said} from './shell.ts';

const ownWords = /^(nsenter|setpriv|agent): /;

/**
 * Tells "nsenter (or setpriv) could not enter or start the program" from "the program said non-zero": the former speaks
 * first and alone. Returns what it said. util-linux and busybox leave with 1, 126 (cannot execute) or 127 (not found).
 */
export const couldNotEnter = ({exitCode, stdout, stderr}: Said): string | undefined => {
	const lines = stderr.split('\n').filter(line => line.trim() !== '');
	const entering = [1, 126, 127].includes(exitCode) && stdout === '' && lines.length > 0 && lines.every(line => ownWords.test(line));
	return entering ? lines.join('; ') : undefined;
};
