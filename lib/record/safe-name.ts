/** A text as one part of a path: no separators, no leading dot, at most 100 characters. */
export const safeName = (text: string): string =>
	text
		.replace(/[^A-Za-z0-9._+-]+/g, '-')
		.replace(/^[.-]+/, '')
		.slice(0, 100) || 'unnamed';
