import {constant, elements, expression, mapping, verdict, type Json} from './expression.ts';
import {Misread, secondsOf, type Cursor} from './tokens.ts';

type Statement = {readonly [name: string]: Json};
type Reader = (cursor: Cursor) => Statement;

const number = (cursor: Cursor): number => {
	const {text} = cursor.take();
	if (!/^\d+$/.test(text)) throw new Misread(`a number is expected at ${JSON.stringify(text)}`);
	return Number(text);
};

const counter: Reader = cursor => {
	if (cursor.skip('name')) return {counter: cursor.take().text};
	if (!cursor.skip('packets')) return {counter: null};
	const packets = number(cursor);
	cursor.expect('bytes');
	return {counter: {packets, bytes: number(cursor)}};
};

/** `limit rate over 10/second burst 5 packets`, `limit rate 10 mbytes/second`. */
const limit: Reader = cursor => {
	if (cursor.skip('name')) return {limit: cursor.take().text};
	cursor.expect('rate');
	const inv = cursor.skip('over');
	const [rate = '', per] = cursor.take().text.split('/');
	const unit = per ?? cursor.take().text;
	const burst = cursor.skip('burst') ? number(cursor) : undefined;
	if (burst !== undefined) cursor.take();
	return {limit: {rate: Number(rate), per: unit, ...(burst !== undefined && {burst}), ...(inv && {inv})}};
};

const quota: Reader = cursor => {
	if (cursor.skip('name')) return {quota: cursor.take().text};
	const inv = cursor.skip('over');
	cursor.skip('until');
	const val = number(cursor);
	const unit = cursor.take().text;
	const used = cursor.skip('used') ? number(cursor) : 0;
	if (cursor.peek().endsWith('bytes')) cursor.take();
	return {quota: {val, val_unit: unit, used, inv}};
};

const LOG_OPTIONS = ['prefix', 'level', 'group', 'snaplen', 'queue-threshold', 'flags'];

const log: Reader = cursor => {
	const told: Record<string, Json> = {};
	for (;;) {
		const option = LOG_OPTIONS.find(each => cursor.skip(each));
		if (option === undefined) return {log: Object.keys(told).length === 0 ? null : told};
		told[option] = cursor.take().text;
		while (option === 'flags' && (cursor.skip(',') || /^(?:sequence|options)$/.test(cursor.peek()))) cursor.take();
	}
};

const reject: Reader = cursor => {
	if (!cursor.skip('with')) return {reject: null};
	const type = cursor.take().text;
	if (type === 'tcp') {
		cursor.expect('reset');
		return {reject: {type: 'tcp reset'}};
	}

	cursor.skip('type');
	return {reject: {type, expr: cursor.take().text}};
};

const NAT_FLAGS = ['random', 'fully-random', 'persistent', 'netmap', 'prefix'];

const flagsOf = (cursor: Cursor): readonly string[] => {
	const flags: string[] = [];
	while (NAT_FLAGS.includes(cursor.peek()) || (flags.length > 0 && cursor.peek() === ',')) {
		const {text} = cursor.take();
		if (text !== ',') flags.push(text);
	}

	return flags;
};

/** `10.0.0.1:80`, `[fd00::1]:80`, `:80`, `10.0.0.1-10.0.0.9`, a map, or what a packet holds. */
const goalOf = (cursor: Cursor): {readonly addr?: Json; readonly port?: Json} => {
	const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([\d.]+(?:-[\d.]+)?))?:(\d+(?:-\d+)?)$/.exec(cursor.peek()) ?? [];
	const address = bracketed ?? plain;
	if (port === undefined) return {addr: expression(cursor)};
	cursor.take();
	const ports: Json = port.includes('-') ? {range: port.split('-').map(Number)} : Number(port);
	return {...(address !== undefined && {addr: constant(address)}), port: ports};
};

const nat =
	(kind: 'dnat' | 'snat' | 'masquerade' | 'redirect'): Reader =>
	cursor => {
		const family = ['ip', 'ip6'].find(each => (cursor.peek(1) === 'to' || cursor.peek(1) === 'addr') && cursor.skip(each));
		if (cursor.skip('addr')) {
			cursor.expect('.');
			cursor.expect('port');
		}

		const goal = cursor.skip('to') ? goalOf(cursor) : {};
		const flags = flagsOf(cursor);
		const body = {...(family !== undefined && {family}), ...goal, ...(flags.length > 0 && {flags})};
		return {[kind]: Object.keys(body).length === 0 ? null : body};
	};

/** `update @set { ip saddr timeout 30s limit rate over 1/second }`; in a map `: value` follows, which is of no account here. */
const put =
	(op: string): Reader =>
	cursor => {
		const set = cursor.take().text;
		if (!set.startsWith('@')) throw new Misread(`a set is expected at ${JSON.stringify(set)}`);
		cursor.expect('{');
		const val = expression(cursor);
		const timeout = cursor.skip('timeout') ? secondsOf(cursor.take().text) : undefined;
		const inner: Statement[] = [];
		while (!cursor.skip('}')) inner.push(statement(cursor));
		const elem: Json = timeout === undefined ? val : {elem: {val, timeout}};
		return {set: {op, elem, set, ...(inner.length > 0 && {stmt: inner})}};
	};

const xt: Reader = cursor => {
	const type = cursor.take().text;
	return {xt: {type, name: cursor.take().text}};
};

const QUEUE_FLAGS = ['bypass', 'fanout'];

/** `queue num 1-3 fanout,bypass`, and since nft 1.0: `queue flags fanout,bypass to 1-3`. */
const queue: Reader = cursor => {
	const flags: string[] = [];
	let num: Json | undefined;
	for (;;) {
		if (cursor.skip('num') || cursor.skip('to')) {
			const {text} = cursor.take();
			const numbers = text.split('-').map(Number);
			if (!/^\d+(?:-\d+)?$/.test(text)) throw new Misread(`the number of a queue is expected at ${JSON.stringify(text)}`);
			num = numbers.length > 1 ? {range: numbers} : numbers[0]!;
		} else if (QUEUE_FLAGS.includes(cursor.peek())) flags.push(cursor.take().text);
		else if (!(cursor.skip('flags') || cursor.skip(','))) {
			const told = {
				...(num !== undefined && {num}),
				...(flags.length > 0 && {flags: flags.length === 1 ? flags[0]! : flags}),
			};
			return {queue: Object.keys(told).length === 0 ? null : told};
		}
	}
};

const READERS: Readonly<Record<string, Reader>> = {
	counter,
	limit,
	quota,
	log,
	reject,
	queue,
	xt,
	dnat: nat('dnat'),
	snat: nat('snat'),
	masquerade: nat('masquerade'),
	redirect: nat('redirect'),
	add: put('add'),
	update: put('update'),
	delete: put('delete'),
	notrack: () => ({notrack: null}),
	last: () => ({last: null}),
	flow(cursor) {
		cursor.expect('add');
		return {flow: {op: 'add', flowtable: cursor.take().text}};
	},
};

const COMPARISONS: Readonly<Record<string, string>> = {
	'==': '==',
	'!=': '!=',
	'<': '<',
	'>': '>',
	'<=': '<=',
	'>=': '>=',
	eq: '==',
	ne: '!=',
	lt: '<',
	gt: '>',
	le: '<=',
	ge: '>=',
};

/** Bits are compared by whether any of them is set (libnftables-json(5), MATCH). */
const isBits = (left: Json): boolean =>
	typeof left === 'object' &&
	left !== null &&
	(('ct' in left && ['state', 'status'].includes(String((left['ct'] as Statement)['key']))) ||
		('payload' in left && (left['payload'] as Statement)['field'] === 'flags'));

const EXISTENCE: Readonly<Record<string, boolean>> = {exists: true, missing: false};

const comparedWith = (cursor: Cursor): Json => {
	const word = cursor.peek();
	if (word === '{') return {set: elements(cursor)};
	if (Object.hasOwn(EXISTENCE, word)) {
		cursor.take();
		return EXISTENCE[word]!;
	}

	const first = expression(cursor);
	const list = [first];
	while (cursor.skip(',')) list.push(expression(cursor));
	return list.length === 1 ? first : list;
};

const match: Reader = cursor => {
	const left = expression(cursor);
	// Statements that are not known begin with a word too.
	if (typeof left !== 'object') throw new Misread(`${String(left)} is not read`);
	if (cursor.skip('vmap')) return {vmap: {key: left, data: mapping(cursor)}};
	if (cursor.skip('set')) return {mangle: {key: left, value: expression(cursor)}};
	const given = COMPARISONS[cursor.peek()];
	if (given !== undefined) cursor.take();
	const right = comparedWith(cursor);
	// `tcp flags syn / fin,syn,rst,ack`: of these, only that.
	if (cursor.skip('/')) return {match: {op: given ?? '==', left: {'&': [left, comparedWith(cursor)]}, right}};
	const isSet = typeof right === 'object' && right !== null && 'set' in right;
	return {match: {op: given ?? (isBits(left) && !isSet ? 'in' : '=='), left, right}};
};

/** Reads one statement of a rule into nft's JSON for it. Throws Misread for what is not read. */
export const statement = (cursor: Cursor): Statement => {
	const end = verdict(cursor);
	if (end !== undefined) return end as Statement;
	if (cursor.peek() === 'ct' && cursor.peek(1) === 'count') {
		cursor.take();
		cursor.take();
		const inv = cursor.skip('over');
		return {'ct count': {val: number(cursor), inv}};
	}

	const name = cursor.peek();
	if (!Object.hasOwn(READERS, name)) return match(cursor);
	cursor.take();
	return READERS[name]!(cursor);
};
