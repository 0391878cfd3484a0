import {parseNft} from '../nft.ts';
import type {NftRuleset} from '../nft-types.ts';
import {remainder, type Remainder} from '../remainder.ts';
import {elements, type Json} from './expression.ts';
import {statement} from './statement.ts';
import {cursorOf, Misread, secondsOf, tokensOf, type Cursor, type Token} from './tokens.ts';

type Owner = {readonly family: string; readonly table: string};
type Found = {readonly objects: Json[]; readonly odd: Remainder[]};

/** nft(8), "Standard priority names"; bridges have their own. */
const PRIORITIES: Readonly<Record<string, number>> = {raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100};
const BRIDGE_PRIORITIES: Readonly<Record<string, number>> = {dstnat: -300, filter: -200, out: 100, srcnat: 300};

const skipLines = (cursor: Cursor): void => {
	while (cursor.token()?.kind === 'end of line' || cursor.peek() === ';') cursor.take();
};

/** All tokens up to the end of the line, or the brace that closes what the line is in. */
const lineOf = (cursor: Cursor): readonly Token[] => {
	const tokens: Token[] = [];
	for (let depth = 0; ;) {
		const token = cursor.token();
		if (!token || (depth === 0 && (token.kind === 'end of line' || (token.kind === 'mark' && token.text === '}')))) return tokens;
		cursor.take();
		if (token.kind === 'mark' && token.text === '{') depth++;
		if (token.kind === 'mark' && token.text === '}') depth--;
		if (token.kind !== 'end of line') tokens.push(token);
	}
};

const textOf = (tokens: readonly Token[]): string =>
	tokens.map(({kind, text}) => (kind === 'quoted' ? `"${text}"` : kind === 'remark' ? `# ${text}` : text)).join(' ');

/** What a bare `reject` answers with (nft(8), "Reject statement"). */
const REFUSALS: Readonly<Record<string, string>> = {ip: 'icmp', ip6: 'icmpv6'};

const whole = (json: {readonly [name: string]: Json}, family: string): Json =>
	json['reject'] === null ? {reject: {type: REFUSALS[family] ?? 'icmpx', expr: 'port-unreachable'}} : json;

const HANDLE = /^handle (\d+)$/;

const handleOf = (tokens: readonly Token[]): {readonly handle?: number} => {
	const handle = tokens.flatMap(({kind, text}) => (kind === 'remark' ? (HANDLE.exec(text)?.[1] ?? []) : []))[0];
	return handle === undefined ? {} : {handle: Number(handle)};
};

/** What iptables-nft put there and nft cannot write is a remark: `# recent: SET …`, `# xt_comment`. */
const rule = (tokens: readonly Token[], chain: string, owner: Owner): Json => {
	const cursor = cursorOf(tokens.filter(({kind, text}) => !(kind === 'remark' && HANDLE.test(text))));
	const statements: Json[] = [];
	let comment: string | undefined;
	while (cursor.token()) {
		const start = cursor.at();
		try {
			if (cursor.token()?.kind === 'remark') statements.push({xt: {type: 'match', name: cursor.take().text.split(/[\s:]/)[0] ?? ''}});
			else if (cursor.skip('comment')) comment = cursor.take().text;
			else statements.push(whole(statement(cursor), owner.family));
		} catch (error) {
			if (!(error instanceof Misread)) throw error;
			cursor.back(start);
			const rest: Token[] = [];
			while (cursor.token()) rest.push(cursor.take());
			statements.push({[`${textOf(rest)} (${error.message})`]: null});
		}
	}

	return {rule: {...owner, chain, ...handleOf(tokens), ...(comment !== undefined && {comment}), expr: statements}};
};

/** `type nat hook prerouting priority dstnat + 10; policy accept;`. */
const hookOf = (tokens: readonly Token[], family: string): Record<string, Json> => {
	const words = tokens.map(({text}) => text);
	const after = (name: string): string | undefined => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
	const named = {...PRIORITIES, ...(family === 'bridge' && BRIDGE_PRIORITIES)};
	const priority = after('priority') ?? '0';
	const [sign, offset] = words.slice(words.indexOf('priority') + 2);
	const shift = (sign === '+' || sign === '-') && offset !== undefined ? Number(`${sign}${offset}`) : 0;
	const device = after('device');
	return {
		type: after('type') ?? '',
		hook: after('hook') ?? '',
		prio: (named[priority] ?? Number(priority)) + shift,
		policy: after('policy') ?? 'accept',
		...(device !== undefined && {dev: device}),
	};
};

const chain = (cursor: Cursor, name: string, owner: Owner, {objects}: Found): void => {
	const rules: Json[] = [];
	let about: Record<string, Json> = handleOf(lineOf(cursor));
	for (skipLines(cursor); !cursor.skip('}'); skipLines(cursor)) {
		const tokens = lineOf(cursor);
		const [first, second] = tokens;
		if (!first) throw new Misread('the text ends too early');
		if (first.text === 'type' && tokens.some(({text}) => text === 'hook')) about = {...about, ...hookOf(tokens, owner.family)};
		else if (first.text === 'comment' && second?.kind === 'quoted' && tokens.length === 2) about = {...about, comment: second.text};
		else if (!(first.text === 'policy' && tokens.length <= 3)) rules.push(rule(tokens, name, owner));
	}

	objects.push({chain: {...owner, name, ...about}}, ...rules);
};

/** `type ipv4_addr . inet_service : verdict`. */
const typesOf = (tokens: readonly Token[]): Record<string, Json> => {
	const [key = '', data] = tokens
		.slice(1)
		.filter(({text}) => text !== ';')
		.map(({text}) => text)
		.join(' ')
		.split(' : ');
	const each = (text: string): Json => (text.includes(' . ') ? text.split(' . ') : text);
	return {type: each(key), ...(data !== undefined && {map: each(data)})};
};

const storage = (cursor: Cursor, kind: 'set' | 'map', name: string, owner: Owner, {objects}: Found): void => {
	let about: Record<string, Json> = handleOf(lineOf(cursor));
	for (skipLines(cursor); !cursor.skip('}'); skipLines(cursor)) {
		const tokens = lineOf(cursor);
		const [first, second] = tokens;
		if (!first) throw new Misread('the text ends too early');
		const value = second?.text ?? '';
		if (first.text === 'type' || first.text === 'typeof') about = {...about, ...typesOf(tokens)};
		else if (first.text === 'flags')
			about = {...about, flags: tokens.slice(1).flatMap(({kind, text}) => (kind === 'word' ? [text] : []))};
		else if (first.text === 'timeout') about = {...about, timeout: secondsOf(value) ?? 0};
		else if (first.text === 'size') about = {...about, size: Number(value)};
		else if (first.text === 'comment') about = {...about, comment: value};
		else if (first.text === 'elements') {
			const inner = cursorOf(tokens.slice(1));
			inner.expect('=');
			about = {...about, elem: elements(inner)};
		}
	}

	objects.push({[kind]: {...owner, name, ...about}});
};

const table = (cursor: Cursor, found: Found): void => {
	const [family, name] = [cursor.take().text, cursor.take().text];
	const owner: Owner = {family, table: name};
	const place = found.objects.length;
	let about: Record<string, Json> = {};
	cursor.expect('{');
	about = handleOf(lineOf(cursor));
	const inner: Json[] = [];
	for (skipLines(cursor); !cursor.skip('}'); skipLines(cursor)) {
		const word = cursor.take().text;
		if (word === 'comment') about = {...about, comment: cursor.take().text};
		else if (word === 'flags') lineOf(cursor);
		else {
			const kind = word === 'ct' ? `ct ${cursor.take().text}` : word;
			const own = cursor.take().text;
			cursor.expect('{');
			if (kind === 'chain') chain(cursor, own, owner, {...found, objects: inner});
			else if (kind === 'set' || kind === 'map') storage(cursor, kind, own, owner, {...found, objects: inner});
			else {
				while (cursor.peek() !== '}') if (lineOf(cursor).length === 0) cursor.take();
				cursor.expect('}');
				inner.push({[kind]: {...owner, name: own}});
			}
		}
		lineOf(cursor);
	}

	// A rule may lead to a chain that stands below it: chains first, then rules, as nft's JSON has them.
	const isRule = (json: Json): boolean => typeof json === 'object' && json !== null && 'rule' in json;
	found.objects.splice(
		place,
		0,
		{table: {family, name, ...about}},
		...inner.filter(json => !isRule(json)),
		...inner.filter(json => isRule(json)),
	);
};

/**
 * Reads the text of `nft list ruleset`, `nft list table …`, with or without `-a`: the same as `parseNft` makes of their JSON, but for
 * `json` of each rule, which is what it was read as. Total: a rule of which something is not read keeps that as unknown; a table that was
 * cut off is in `remainder`.
 */
export const parseNftText = (text: string): NftRuleset => {
	const found: Found = {objects: [], odd: []};
	const cursor = cursorOf(tokensOf(text));
	for (skipLines(cursor); cursor.token(); skipLines(cursor)) {
		const token = cursor.take();
		if (token.kind === 'remark') continue;
		try {
			if (token.text !== 'table') throw new Misread('not a table of nft');
			table(cursor, found);
		} catch (error) {
			if (!(error instanceof Misread)) throw error;
			found.odd.push(remainder(token.line, textOf([token, ...lineOf(cursor)]), error.message));
			lineOf(cursor);
			cursor.skip('}');
		}
	}

	const ruleset = parseNft(JSON.stringify({nftables: found.objects}));
	return {...ruleset, remainder: [...found.odd, ...ruleset.remainder]};
};
