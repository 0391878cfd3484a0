import type {HopState} from '../../lib/chain/chain.ts';
import type {ServiceChain} from '../../lib/diagnose/service-chain.ts';
import {clean, oneLine} from '../text/clean.ts';
import {findingLines} from './console.ts';

const MARKS: Readonly<Record<HopState, string>> = {ok: '✓', broken: '✗', aside: '!', unknown: '?'};

/** The chain as lines: a hop each with what was seen of it, the first broken one marked; then its findings in full. */
export const chainLines = ({service, chain: {hops, broken}, findings}: ServiceChain): string =>
	[
		`Service ${service}`,
		...hops.flatMap(hop => [
			`  ${MARKS[hop.state]} ${oneLine(hop.name)} (${hop.layer})${hop === broken ? '   <── the first broken hop' : ''}`,
			...hop.evidence.map(line => `      ${clean(line).replaceAll('\n', '\n      ')}`),
		]),
		'',
		...findings.flatMap(finding => [...findingLines(finding), '']),
		broken ? `first broken: ${broken.layer}: ${oneLine(broken.finding ?? broken.name)}` : 'no broken hop was found',
	].join('\n');
