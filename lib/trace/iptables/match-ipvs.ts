import {isIPv6} from 'node:net';
import {byOption, type Condition, type Reader} from './condition.ts';
import {ipOf} from '../ip.ts';

const addressIs =
	(text: string | undefined): Condition =>
	({dealt}) =>
		dealt !== undefined &&
		dealt.address.text === ipOf((text ?? '').replace(isIPv6((text ?? '').split('/')[0] ?? '') ? /\/128$/ : /\/32$/, ''))?.text;

/** A connection that ipvs has dealt out, by the virtual server (xt_ipvs). */
export const ipvs: Reader = byOption({
	ipvs:
		() =>
		({dealt}) =>
			dealt !== undefined,
	vproto:
		({values: [name = '']}) =>
		({dealt, protocol}) =>
			dealt !== undefined && [protocol.toLowerCase(), {TCP: '6', UDP: '17', SCTP: '132'}[protocol]].includes(name),
	vaddr: ({values: [text]}) => addressIs(text),
	vport:
		({values: [text]}) =>
		({dealt}) =>
			dealt !== undefined && dealt.port === Number(text),
});
