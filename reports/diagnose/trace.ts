import type {TracedLeg, TracedPacket} from '../../lib/diagnose/trace-packet.ts';
import type {Verdict} from '../../lib/model/verdict.ts';
import {clean, oneLine} from '../text/clean.ts';

const percent = (probability: number): string => `${Number((probability * 100).toFixed(1))} %`;

const join = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

/** What becomes of it, a line for each backend. */
const verdictLines = (verdict: Verdict): string[] => {
	switch (verdict.kind) {
		case 'backends':
			return [
				...verdict.backends.map(
					({ip, port, probability, source}) =>
						`${join(ip, port)}  ${percent(probability)}, ` +
						`${source === 'rewritten' ? 'which sees an address of the node' : 'which sees the client'}`,
				),
				...(verdict.sticky === undefined ? [] : [`a client stays with its backend for ${verdict.sticky} s`]),
			];
		case 'mixed':
			return verdict.parts.flatMap(part => [`${percent(part.probability)}:`, ...verdictLines(part.verdict).map(line => `  ${line}`)]);
		case 'refused':
			return ['refused at once'];
		case 'dropped':
			return ['dropped: the client gets a timeout'];
		case 'node':
			return ["not a Service's: delivered to the node itself"];
		case 'leaves':
			return ["not a Service's: passed on towards its destination"];
		case 'unknown':
			return ['not known'];
	}
};

const quoted = (because: string): string[] =>
	clean(because)
		.split('; ')
		.flatMap(part => part.split(', reached by ').map((text, index) => `${index === 0 ? '' : 'reached by '}${text}`));

const legLines = ({node, packet, rules, wanted, difference}: TracedLeg): string[] => [
	`on ${oneLine(node)}: ${packet.protocol} ${packet.source} → ${join(packet.destination, packet.port)} (from ` +
		`${packet.from === 'outside' ? 'outside' : packet.from === 'pod' ? 'a pod' : 'the node itself'})`,
	...verdictLines(rules).map(line => `  ${line}`),
	...quoted(rules.because).map(line => `    rule  ${line}`),
	...(difference === undefined
		? [`  as the API asks for: ${oneLine(wanted.because)}`]
		: [`  ✗ the API asks for something else: ${oneLine(wanted.because)}`, ...verdictLines(wanted).map(line => `      ${line}`)]),
];

/** A packet's way as the terminal shows it. */
export const traceText = ({from, to, legs, agrees}: TracedPacket): string =>
	[
		`from ${oneLine(from)}`,
		`to   ${oneLine(to)}`,
		'',
		...legs.flatMap(leg => [...legLines(leg), '']),
		agrees ? 'the rules do what the API asks for' : 'the rules do not do what the API asks for',
	].join('\n');
