import {stripVTControlCharacters} from 'node:util';

/**
 * Control characters save tab and newline; direction overrides, which make text look like another; and non-characters, which XML 1.0
 * forbids.
 */
const UNPRINTABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/g;

/**
 * Makes text from a cluster safe to print: no terminal sequences, no control characters, well-formed Unicode. What is taken out shows as
 * U+FFFD.
 */
export const clean = (text: string): string =>
	stripVTControlCharacters(text.replaceAll('\r\n', '\n')).toWellFormed().replaceAll(UNPRINTABLE, '\uFFFD');

/** The same on a single line. */
export const oneLine = (text: string): string =>
	clean(text)
		.replaceAll(/\s*\n\s*/g, ' ')
		.trim();
