import type {NftExpression, NftNat, NftStatement} from '../../facts/parse/nft-types.ts';
import {marked} from '../marks.ts';
import {forget, limitedBy, remember, renew, rewrite, translate, untracked, type Path, type Trail, type Walk} from '../path.ts';
import {redirected} from '../redirect.ts';
import type {Step} from '../step.ts';
import {matchOf} from './compare.ts';
import {evaluatorOf} from './evaluate.ts';
import {isObject} from '../../facts/parse/json.ts';
import {listOf, type Table} from './table.ts';
import type {Value} from './value.ts';

/** What follows after a statement: the next one, the next rule, a step; or it cannot be told whether it matched. */
export type Effect = {readonly path: Path; readonly then: 'on' | 'next rule' | Step | {readonly doubt: string}};
export type Statement = {
	/** Where it is not known whether the packet comes here, its fate is not known either. */
	readonly matters: boolean;
	/** It sets a mark and does nothing else. */
	readonly marks?: boolean;
	readonly run: (path: Path, trail: Trail, walk: Walk) => readonly Effect[];
};

const idle: Statement = {matters: false, run: path => [{path, then: 'on'}]};
const doubt = (why: string): Statement => ({matters: false, run: path => [{path, then: {doubt: why}}]});
const ends = (step: Step): Statement => ({matters: true, run: path => [{path, then: step}]});
const changes = (change: (path: Path, trail: Trail) => Path, then: Effect['then'] = 'on'): Statement => ({
	matters: true,
	run: (path, trail) => [{path: change(path, trail), then}],
});
const unknown = (what: string): Statement => ends({then: 'unknown', why: `what ${what} does is not known`});

const share = (path: Path, of: number): Path => (of === 1 ? path : {...path, probability: path.probability * of});

const stepOf = (value: Value): Effect['then'] => {
	if (value.kind === 'none') return 'next rule';
	if (value.kind === 'unclear') return {then: 'unknown', why: value.why};
	if (value.kind !== 'verdict') return {then: 'unknown', why: 'a map of verdicts holds something else'};
	const {verdict} = value;
	return verdict.verdict === 'continue'
		? 'next rule'
		: 'chain' in verdict
			? {then: verdict.verdict, chain: verdict.chain}
			: {then: verdict.verdict};
};

const dnat = ({address, port}: NftNat, table: Table): Statement => {
	const [toAddress, toPort] = [address && evaluatorOf(address, table), port && evaluatorOf(port, table)];
	const translated = (path: Path, trail: Trail, to: Value | undefined, at: Value | undefined): Effect => {
		if (to?.kind === 'none' || at?.kind === 'none') return {path, then: 'next rule'};
		const [ip, inner] = to?.kind === 'tuple' ? to.parts : [to];
		const number = inner ?? at;
		if ((ip && (ip.kind !== 'scalar' || !ip.ip)) || (number && (number.kind !== 'scalar' || number.number === undefined || number.ip)))
			return {path, then: {then: 'unknown', why: 'what dnat leads to is not understood'}};
		const destination = ip?.kind === 'scalar' && ip.ip ? ip.ip : path.destination;
		return {
			path: translate(path, destination, number?.kind === 'scalar' ? Number(number.number) : path.port, trail),
			then: {then: 'accept'},
		};
	};

	return {
		matters: true,
		run: (path, trail, walk) =>
			(toAddress?.(path, walk) ?? [{share: 1, value: undefined}]).flatMap(to =>
				(toPort?.(path, walk) ?? [{share: 1, value: undefined}]).map(at =>
					translated(share(path, to.share * at.share), trail, to.value, at.value),
				),
			),
	};
};

const redirect = ({port}: NftNat): Statement =>
	port && !(port.kind === 'value' && typeof port.value === 'number')
		? unknown('redirect')
		: {
				matters: true,
				run(path, trail, walk) {
					const there = redirected(path, walk, port?.kind === 'value' ? Number(port.value) : undefined, trail);
					return [
						there
							? {path: there, then: {then: 'accept'}}
							: {path, then: {then: 'unknown', why: 'no address of the node is known'}},
					];
				},
			};

const OPERATIONS: Readonly<Record<string, (mark: number, by: number) => number>> = {
	'|': (mark, by) => (mark | by) >>> 0,
	'&': (mark, by) => (mark & by) >>> 0,
	'^': (mark, by) => (mark ^ by) >>> 0,
};

/**
 * `meta mark set meta mark & 0xffff3fff | 0x4000`: what is changed of a mark, whatever its other bits are; undefined: it is made of
 * something else.
 */
const maskedChange = (to: NftExpression, value: NftExpression): ((mark: number) => number) | undefined => {
	if (value.kind === to.kind && 'key' in value && 'key' in to && value.key === to.key) return mark => mark;
	if (value.kind !== 'binary' || value.right.kind !== 'value' || typeof value.right.value !== 'number') return undefined;
	const [inner, operation, by] = [maskedChange(to, value.left), OPERATIONS[value.op], value.right.value];
	return inner && operation && (mark => operation(inner(mark), by));
};

const assign = ({to, value}: NftStatement & {readonly kind: 'assign'}, table: Table): Statement => {
	const which = to.kind === 'meta' && to.key === 'mark' ? 'mark' : to.kind === 'ct' && to.key === 'mark' ? 'connectionMark' : undefined;
	// Priorities, classes, helpers and the like.
	if (!which) return to.kind === 'meta' || to.kind === 'ct' ? idle : unknown('a change of the packet');
	const set = which && maskedChange(to, value);
	if (set) return {...changes((path, trail) => marked(path, which, set, trail)), marks: true};
	const evaluate = evaluatorOf(value, table);
	return {
		matters: true,
		marks: value.kind === 'value',
		run: (path, trail, walk) =>
			evaluate(path, walk).map(({share: part, value: mark}): Effect =>
				mark.kind === 'scalar' && mark.number !== undefined
					? {path: marked(share(path, part), which, () => Number(mark.number), trail), then: 'on'}
					: {
							path: share(path, part),
							then: mark.kind === 'none' ? 'next rule' : {then: 'unknown', why: `the ${which} that is set is not known`},
						},
			),
	};
};

/**
 * The first packet of a new connection is within every limit, whose bucket is full when nobody sends, and counts as one connection: it goes
 * on where it is asked for what is within, and to the next rule where it is asked for what is beyond (`over`); the other way round where
 * limits are spent. Of a quota it is told how much is used. Undefined: it is no such statement, or a named one.
 */
const counting = ({name, json}: NftStatement & {readonly kind: 'unknown'}): Statement | undefined => {
	const body = isObject(json) ? json[name] : undefined;
	if (!isObject(body)) return undefined;
	const [inverse, value, used] = [body['inv'] === true, body['val'], body['used'] ?? 0];
	const isWithin =
		name === 'limit'
			? true
			: name === 'ct count' && typeof value === 'number'
				? value >= 1
				: name === 'quota' && typeof value === 'number' && typeof used === 'number'
					? used < value
					: undefined;
	return isWithin === undefined
		? undefined
		: {
				matters: false,
				run: (path, {rule}, {spent = false}) => [
					{path: limitedBy(path, rule), then: (isWithin && !spent) === inverse ? 'next rule' : 'on'},
				],
			};
};

/** A set that keeps a limit for each of its elements: the client is put into it, and is within. */
const within = (statement: NftStatement & {readonly kind: 'set'}, table: Table, put: Statement): Statement => {
	const inner = (statement.statements ?? []).map(each => statementOf(each, table));
	return {
		matters: true,
		run(path, trail, walk) {
			let effects = put.run(path, trail, walk);
			for (const {run} of inner)
				effects = effects.flatMap(effect => (effect.then === 'on' ? run(effect.path, trail, walk) : [effect]));
			return effects;
		},
	};
};

/** Nothing of these changes what becomes of a packet; the others depend on how many there were before. */
const HARMLESS = ['flow', 'ct helper', 'ct timeout', 'ct expectation', 'dup', 'last'];
const COUNTING = ['limit', 'quota', 'ct count', 'connlimit', 'meter'];
const HARMLESS_XT = ['LOG', 'NFLOG', 'TRACE', 'TCPMSS', 'CHECKSUM', 'comment'];

const xt = (type: string, name: string): Statement => {
	if (HARMLESS_XT.includes(name)) return idle;
	if (type === 'match') return doubt(`what iptables' match ${name} asks is not shown by nft`);
	if (name === 'MASQUERADE' || name === 'SNAT') return changes(rewrite, {then: 'accept'});
	return name === 'REJECT' ? ends({then: 'refuse'}) : unknown(`iptables' target ${name}`);
};

/** What is handed to a program (`queue`): of agents that judge policies by themselves, as kindnet's. */
const queued = (json: unknown): Statement => {
	const body = isObject(json) ? json['queue'] : undefined;
	const number = isObject(body) ? body['num'] : undefined;
	const which = typeof number === 'number' ? `queue ${number}` : 'a queue';
	return ends({then: 'unknown', why: `a program of the node decides about them, in ${which}`});
};

/** Prepares a statement. */
export const statementOf = (statement: NftStatement, table: Table): Statement => {
	switch (statement.kind) {
		case 'match': {
			const match = matchOf(statement, table);
			return {
				matters: false,
				run: (path, _trail, walk) =>
					match(path, walk).map(({share: part, truth, path: then}) => ({
						path: share(truth === true ? then : path, part),
						then: truth === true ? 'on' : truth === false ? 'next rule' : {doubt: truth.unclear},
					})),
			};
		}

		case 'verdict':
			return {matters: true, run: path => [{path, then: stepOf(statement)}]};
		case 'vmap': {
			const evaluate = evaluatorOf({kind: 'lookup', key: statement.key, map: statement.map}, table);
			return {
				matters: true,
				run: (path, _trail, walk) =>
					evaluate(path, walk).map(({share: part, value}) => ({path: share(path, part), then: stepOf(value)})),
			};
		}

		case 'assign':
			return assign(statement, table);
		case 'dnat':
			return dnat(statement, table);
		case 'snat':
		case 'masquerade':
			return changes(rewrite, {then: 'accept'});
		case 'redirect':
			return redirect(statement);
		case 'reject':
			return ends({then: 'refuse'});
		case 'notrack':
			return changes(untracked);
		case 'set': {
			const list = listOf(table, statement.set, statement.element.value);
			const {timeoutSeconds} = statement.element;
			const put = changes(path => {
				if (statement.op === 'delete') return forget(path, list);
				const kept = remember(path, list);
				return statement.op === 'update' && timeoutSeconds !== undefined ? renew(kept, timeoutSeconds) : kept;
			});
			return statement.statements ? within(statement, table, put) : put;
		}

		case 'counter':
		case 'log':
			return idle;
		case 'xt':
			return xt(statement.type, statement.name);
		case 'unknown':
			if (statement.name === 'queue') return queued(statement.json);
			return HARMLESS.includes(statement.name)
				? idle
				: (counting(statement) ??
						(COUNTING.includes(statement.name) ? doubt(`${statement.name} is not followed`) : unknown(statement.name)));
	}
};
