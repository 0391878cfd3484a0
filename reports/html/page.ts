import type {Html} from './markup.ts';
import {h} from './markup.ts';

type Page = {
	readonly title: string;
	readonly style: Html;
	readonly body: Html;
};

/**
 * One page that needs nothing but itself: no script, no network. The policy makes sure that no text from a cluster can ever run or load
 * anything.
 */
export const htmlPage = ({title, style, body}: Page): string =>
	h`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`.toString();
