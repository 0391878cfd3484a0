import type {NftNat, NftStatement} from '../../gather/parse/nft-types.ts';
import {forget, remember, rewrite, translate, type Path, type Trail, type Walk} from '../path.ts';
import {redirected} from '../redirect.ts';
import type {Step} from '../walk.ts';
import {matchOf} from './compare.ts';
import {evaluatorOf} from './evaluate.ts';
import {listOf, type Table} from './table.ts';
import type {Value} from './value.ts';

/** What follows after a statement: the next one, the next rule, a step; or it cannot be told whether it matched. */
export type Effect = {readonly path: Path; readonly then: 'on' | 'next rule' | Step | {readonly doubt: string}};
export type Statement = {
	/** Where it is not known whether the packet comes here, its fate is not known either. */
	readonly matters: boolean;
	readonly run: (path: Path, trail: Trail, walk: Walk) => readonly Effect[];
};

const idle: Statement = {matters: false, run: path => [{path, then: 'on'}]};
const doubt = (why: string): Statement => ({matters: false, run: path => [{path, then: {doubt: why}}]});
const ends = (step: Step): Statement => ({matters: true, run: path => [{path, then: step}]});
const changes = (change: (path: Path, trail: Trail) => Path, then: Effect['then'] = 'on'): Statement => ({matters: true, run: (path, trail) => [{path: change(path, trail), then}]});
const unknown = (what: string): Statement => ends({then: 'unknown', why: `what ${what} does is not known`});

const share = (path: Path, of: number): Path => of === 1 ? path : {...path, probability: path.probability * of};

const stepOf = (value: Value): Effect['then'] => {
	if (value.kind === 'none') return 'next rule';
	if (value.kind === 'unclear') return {then: 'unknown', why: value.why};
	if (value.kind !== 'verdict') return {then: 'unknown', why: 'a map of verdicts holds something else'};
	const {verdict} = value;
	return verdict.verdict === 'continue' ? 'next rule' : 'chain' in verdict ? {then: verdict.verdict, chain: verdict.chain} : {then: verdict.verdict};
};

const dnat = ({address, port}: NftNat, table: Table): Statement => {
	const [toAddress, toPort] = [address && evaluatorOf(address, table), port && evaluatorOf(port, table)];
	const translated = (path: Path, trail: Trail, to: Value | undefined, at: Value | undefined): Effect => {
		if (to?.kind === 'none' || at?.kind === 'none') return {path, then: 'next rule'};
		const [ip, inner] = to?.kind === 'tuple' ? to.parts : [to];
		const number = inner ?? at;
		if ((ip && (ip.kind !== 'scalar' || !ip.ip)) || (number && (number.kind !== 'scalar' || number.number === undefined || number.ip))) return {path, then: {then: 'unknown', why: 'what dnat leads to is not understood'}};
		const destination = ip?.kind === 'scalar' && ip.ip ? ip.ip : path.destination;
		return {path: translate(path, destination, number?.kind === 'scalar' ? Number(number.number) : path.port, trail), then: {then: 'accept'}};
	};

	return {
		matters: true,
		run: (path, trail, walk) => (toAddress?.(path, walk) ?? [{share: 1, value: undefined}]).flatMap(to =>
			(toPort?.(path, walk) ?? [{share: 1, value: undefined}]).map(at => translated(share(path, to.share * at.share), trail, to.value, at.value))),
	};
};

const redirect = ({port}: NftNat): Statement => port && !(port.kind === 'value' && typeof port.value === 'number') ? unknown('redirect') : {
	matters: true,
	run(path, _trail, walk) {
		const there = redirected(path, walk, port?.kind === 'value' ? Number(port.value) : undefined);
		return [there ? {path: there, then: {then: 'accept'}} : {path, then: {then: 'unknown', why: 'no address of the node is known'}}];
	},
};

const assign = ({to, value}: NftStatement & {readonly kind: 'assign'}, table: Table): Statement => {
	const which = to.kind === 'meta' && to.key === 'mark' ? 'mark' : to.kind === 'ct' && to.key === 'mark' ? 'connectionMark' : undefined;
	// Priorities, classes, helpers and the like.
	if (!which) return to.kind === 'meta' || to.kind === 'ct' ? idle : unknown('a change of the packet');
	const evaluate = evaluatorOf(value, table);
	return {
		matters: true,
		run: (path, _trail, walk) => evaluate(path, walk).map(({share: part, value: mark}): Effect => mark.kind === 'scalar' && mark.number !== undefined
			? {path: {...share(path, part), [which]: Number(mark.number)}, then: 'on'}
			: {path: share(path, part), then: mark.kind === 'none' ? 'next rule' : {then: 'unknown', why: `the ${which} that is set is not known`}}),
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

/** Prepares a statement. */
export const statementOf = (statement: NftStatement, table: Table): Statement => {
	switch (statement.kind) {
		case 'match': {
			const match = matchOf(statement, table);
			return {matters: false, run: (path, _trail, walk) => match(path, walk).map(({share: part, truth, path: then}) =>
				({path: share(truth === true ? then : path, part), then: truth === true ? 'on' : truth === false ? 'next rule' : {doubt: truth.unclear}}))};
		}

		case 'verdict': return {matters: true, run: path => [{path, then: stepOf(statement)}]};
		case 'vmap': {
			const evaluate = evaluatorOf({kind: 'lookup', key: statement.key, map: statement.map}, table);
			return {matters: true, run: (path, _trail, walk) => evaluate(path, walk).map(({share: part, value}) => ({path: share(path, part), then: stepOf(value)}))};
		}

		case 'assign': return assign(statement, table);
		case 'dnat': return dnat(statement, table);
		case 'snat':
		case 'masquerade': return changes(rewrite, {then: 'accept'});
		case 'redirect': return redirect(statement);
		case 'reject': return ends({then: 'refuse'});
		case 'notrack': return changes(path => path.tracking === 'not yet' ? {...path, tracking: 'untracked'} : path);
		case 'set': {
			const list = listOf(table, statement.set, statement.element.value);
			return changes(path => statement.op === 'delete' ? forget(path, list) : remember(path, list));
		}

		case 'counter':
		case 'log': return idle;
		case 'xt': return xt(statement.type, statement.name);
		case 'unknown': return HARMLESS.includes(statement.name) ? idle : COUNTING.includes(statement.name) ? doubt(`${statement.name} is not followed`) : unknown(statement.name);
	}
};
