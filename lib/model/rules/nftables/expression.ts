import type {NftExpression, NftMapping, NftVerdict} from '../../../facts/parse/nft-types.ts';
import {anyOf, choices, hex} from './words.ts';

/** Numbers that nft prints for protocols where the machine has no /etc/protocols. */
const PROTOCOLS: Readonly<Record<string, string>> = {6: 'tcp', 17: 'udp', 132: 'sctp'};
/** The name of a protocol, given as name or number. */
export const protocolName = (text: string): string => PROTOCOLS[text] ?? text;

export const verdictText = (verdict: NftVerdict): string => ('chain' in verdict ? `${verdict.verdict} ${verdict.chain}` : verdict.verdict);

const isMark = (expression: NftExpression): boolean =>
	(expression.kind === 'meta' && expression.key === 'mark') || (expression.kind === 'binary' && isMark(expression.left));

/** What something is compared with or set to, as nft prints it beside that. */
export const valueText = (value: NftExpression, beside: NftExpression): string => {
	if (value.kind !== 'value') return expressionText(value);
	if (typeof value.value === 'number' && isMark(beside)) return hex(value.value);
	if (beside.kind === 'meta' && beside.key === 'l4proto') return protocolName(String(value.value));
	return beside.kind === 'meta' && /^[io]ifname$/.test(beside.key) ? `"${value.value}"` : String(value.value);
};

/** `map @name`, `vmap { … }`; the key is told before. */
export const mappingText = (map: NftMapping, key: NftExpression): string => {
	if (map.kind === 'named') return `@${map.name}`;
	if (map.kind === 'unknown') return JSON.stringify(map.json);
	const entries = map.entries.map(({key: {value}, value: to}) => ({
		number: value.kind === 'value' ? Number(value.value) : NaN,
		from: expressionText(value),
		to: expressionText(to),
	}));
	if (key.kind !== 'numgen' || entries.some(({number}) => Number.isNaN(number)))
		return `{ ${entries.map(({from, to}) => `${from} : ${to}`).join(', ')} }`;
	return choices(
		entries.map(({number, to}) => [number - key.offset, to]),
		key.mod,
	);
};

/** An expression in nft's words. */
export const expressionText = (expression: NftExpression): string => {
	switch (expression.kind) {
		case 'value':
			return String(expression.value);
		case 'named':
			return `@${expression.name}`;
		case 'prefix':
			return `${expression.address}/${expression.length}`;
		case 'range':
			return `${expressionText(expression.from)}-${expressionText(expression.to)}`;
		case 'concat':
			return expression.parts.map(part => expressionText(part)).join(' . ');
		case 'list':
			return expression.parts.map(part => expressionText(part)).join(',');
		case 'payload':
			return `${expression.protocol} ${expression.field}`;
		case 'meta':
			return /^[io]ifname$/.test(expression.key) ? expression.key : `meta ${expression.key}`;
		case 'ct':
			return `ct ${expression.direction === undefined ? '' : `${expression.direction} `}${expression.key}`;
		case 'fib':
			return `fib ${expression.flags.join(' . ')} ${expression.result}`;
		case 'numgen':
			return `numgen ${expression.mode} mod ${expression.mod}`;
		case 'lookup':
			return `${expressionText(expression.key)} map ${mappingText(expression.map, expression.key)}`;
		case 'set':
			return anyOf(expression.elements.map(({value}) => expressionText(value)));
		case 'binary':
			return `${expressionText(expression.left)} ${expression.op} ${valueText(expression.right, expression.left)}`;
		case 'verdict':
			return verdictText(expression.verdict);
		// As it is, so that it equals nothing that is expected.
		case 'unknown':
			return JSON.stringify(expression.json);
	}
};
