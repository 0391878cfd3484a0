import type {NftNat, NftStatement} from '../../../facts/parse/nft-types.ts';
import {hostPort} from '../../address.ts';
import {expressionText, mappingText, valueText, verdictText} from './expression.ts';

const nat = ({kind, address, port, flags}: NftNat): string => {
	const plain = address?.kind === 'value' && port?.kind === 'value' ? hostPort(String(address.value), Number(port.value)) : undefined;
	const target =
		plain ?? [address ? expressionText(address) : '', port ? `port ${expressionText(port)}` : ''].filter(text => text !== '').join(' ');
	return [kind, target === '' ? '' : `to ${target}`, flags.join(',')].filter(text => text !== '').join(' ');
};

/** Refused with the family's port-unreachable, which nft prints or leaves out, by version. */
const isPlainReject = ({type, code}: {readonly type?: string; readonly code?: string}): boolean =>
	type === undefined ? code === undefined : /^icmp(?:v6)?$/.test(type) && code === 'port-unreachable';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `limit rate over 10/second burst 5 packets`, `ct count over 20`, as nft prints them; undefined for other things. */
const countingText = (json: unknown): string | undefined => {
	if (!isObject(json)) return undefined;
	const [limit, count] = [json['limit'], json['ct count']];
	const over = (body: JsonObject): string => (body['inv'] === true ? 'over ' : '');
	if (isObject(count)) return `ct count ${over(count)}${String(count['val'])}`;
	if (!isObject(limit) || limit['rate_unit'] !== undefined) return undefined;
	const burst = limit['burst'] === undefined ? '' : ` burst ${String(limit['burst'])} packets`;
	return `limit rate ${over(limit)}${String(limit['rate'])}/${String(limit['per'])}${burst}`;
};

const statementText = (statement: NftStatement): string => {
	switch (statement.kind) {
		case 'match': {
			const operator = statement.op === '==' || statement.op === 'in' ? '' : `${statement.op} `;
			return `${expressionText(statement.left)} ${operator}${valueText(statement.right, statement.left)}`;
		}

		case 'verdict':
			return verdictText(statement.verdict);
		case 'vmap':
			return `${expressionText(statement.key)} vmap ${mappingText(statement.map, statement.key)}`;
		case 'assign':
			return `${expressionText(statement.to)} set ${valueText(statement.value, statement.to)}`;
		case 'dnat':
		case 'snat':
		case 'masquerade':
		case 'redirect':
			return nat(statement);
		case 'reject':
			return isPlainReject(statement) ? 'reject' : `reject with ${[statement.type, statement.code].filter(Boolean).join(' ')}`;
		case 'set':
			return (
				`${statement.op} @${statement.set} { ` +
				[
					expressionText(statement.element.value),
					...(statement.element.timeoutSeconds === undefined ? [] : [`timeout ${statement.element.timeoutSeconds}s`]),
					...(statement.statements ?? []).map(each => statementText(each)),
				].join(' ') +
				' }'
			);
		case 'counter':
			return 'counter';
		case 'log':
			return 'log';
		case 'notrack':
			return 'notrack';
		case 'xt':
			return `xt ${statement.type} ${statement.name}`;
		case 'unknown':
			return countingText(statement.json) ?? JSON.stringify(statement.json);
	}
};

/** The statements of a rule, each as a piece in nft's words; counters are left out. */
export const piecesOf = (statements: readonly NftStatement[]): readonly string[] =>
	statements.filter(({kind}) => kind !== 'counter').map(each => statementText(each));
