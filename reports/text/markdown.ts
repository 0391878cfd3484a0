import {oneLine} from './clean.ts';

/** Text that Markdown shows as it is, on one line. */
export const escape = (text: string): string =>
	oneLine(text).replaceAll(/[\\`*_{}[\]<>|#&~@]/g, character => `&#${character.codePointAt(0)};`);
