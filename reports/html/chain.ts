import type {HopSeen} from '../../lib/record/drawn.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

const MARK = {ok: '✓', broken: '✗', aside: '!', unknown: '?'} as const;
const SPOKEN = {ok: 'as it must be', broken: 'broken', aside: 'not as it must be, but not the reason', unknown: 'not known'} as const;

const said = ({name, layer, state}: HopSeen): Html => h`${name} <small>${layer}, ${SPOKEN[state]}</small>`;

/** The walk from the Service to the link, the first broken hop marked. */
export const chainList = (hops: readonly HopSeen[]): Html => {
	const first = hops.find(({state}) => state === 'broken');
	return h`<h4>The way of the packet, hop by hop</h4>
<ol class="chain">${hops.map(
		hop =>
			h`<li class="${hop.state}"><span aria-hidden="true">${MARK[hop.state]}</span> <div>${said(hop)}${
				hop === first ? h` <strong>first broken hop</strong>` : ''
			}${hop.finding !== undefined && h`<p>${hop.finding}</p>`}</div></li>`,
	)}</ol>`;
};
