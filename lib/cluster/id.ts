import {randomInt} from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** Five characters that name a run and its cluster: a letter first, so that it can be part of any name. */
export const newId = (): string =>
	[LETTERS, ...Array.from({length: 4}, () => LETTERS + DIGITS)].map(set => set[randomInt(set.length)]).join('');
