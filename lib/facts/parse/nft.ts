import {isObject, list, number, present, readJson, text, texts, type JsonObject} from './json.ts';
import {element, entries, type Told} from './nft-expression.ts';
import {statement} from './nft-statement.ts';
import type {NftChain, NftHook, NftMap, NftRule, NftRuleset, NftSet, NftTable} from './nft-types.ts';
import {remainder, type Remainder} from './remainder.ts';

type Draft = Omit<NftTable, 'chains' | 'sets' | 'maps' | 'objects'> & {
	readonly chains: Map<string, Omit<NftChain, 'rules'> & {readonly rules: NftRule[]}>;
	readonly sets: Map<string, NftSet>;
	readonly maps: Map<string, NftMap>;
	readonly objects: NftTable['objects'][number][];
};

const hookOf = (chain: JsonObject): {base?: NftHook} => {
	const {type, hook, prio, policy, dev} = chain;
	if (typeof type !== 'string' || typeof hook !== 'string') return {};
	return {base: {type, hook, priority: number(prio) ?? 0, ...present({policy: text(policy), device: texts(dev).join(',') || undefined})}};
};

const storageOf = (name: string, json: JsonObject) => ({
	name,
	type: texts(json['type']),
	flags: texts(json['flags']),
	...present({comment: text(json['comment']), size: number(json['size']), timeoutSeconds: number(json['timeout'])}),
});

/** Puts one object of the dump into the tables; answers why it cannot. */
const place = (kind: string, json: JsonObject, tables: Map<string, Draft>, told: Told): string | undefined => {
	const family = text(json['family']);
	const name = text(json['name']);
	if (family === undefined) return `${kind} without a family`;
	if (kind === 'table') {
		if (name === undefined) return 'a table without a name';
		if (tables.has(`${family} ${name}`)) return `table ${family} ${name} occurs twice`;
		tables.set(`${family} ${name}`, {
			family,
			name,
			...present({comment: text(json['comment'])}),
			chains: new Map(),
			sets: new Map(),
			maps: new Map(),
			objects: [],
		});
		return undefined;
	}
	const table = tables.get(`${family} ${text(json['table'])}`);
	if (!table) return `${kind} of a table that is not declared`;
	if (kind === 'rule') {
		const chain = table.chains.get(text(json['chain']) ?? '');
		if (!chain) return 'a rule of a chain that is not declared';
		if (!Array.isArray(json['expr'])) return 'a rule without statements';
		chain.rules.push({
			chain: chain.name,
			position: chain.rules.length + 1,
			...present({handle: number(json['handle']), comment: text(json['comment'])}),
			statements: json['expr'].map(one => statement(one, told)),
			json,
		});
		return undefined;
	}
	if (name === undefined) return `${kind} without a name`;
	if (kind === 'chain') {
		if (table.chains.has(name)) return `chain ${name} occurs twice`;
		table.chains.set(name, {name, ...present({handle: number(json['handle'])}), ...hookOf(json), rules: []});
	} else if (kind === 'set') {
		if (table.sets.has(name)) return `set ${name} occurs twice`;
		table.sets.set(name, {...storageOf(name, json), elements: list(json['elem']).map(one => element(one, told))});
	} else if (kind === 'map') {
		if (table.maps.has(name)) return `map ${name} occurs twice`;
		table.maps.set(name, {...storageOf(name, json), data: texts(json['map']), entries: entries(json['elem'], told)});
	} else {
		table.objects.push({kind, name, json});
	}
	return undefined;
};

/**
 * Reads the JSON of `nft -j list ruleset` or `nft -j list table …` (libnftables-json(5)). Total: text that is no JSON, objects that do not
 * fit and statements that are not known are in `remainder`; the latter stay in their rule as `unknown` too.
 */
export const parseNft = (source: string): NftRuleset => {
	const odd: Remainder[] = [];
	const tables = new Map<string, Draft>();
	const json = readJson(source);
	const objects = json.ok && isObject(json.value) ? json.value['nftables'] : undefined;
	if (!Array.isArray(objects)) {
		return {tables, remainder: [remainder(0, source, json.ok ? 'JSON without a list named nftables' : `not JSON: ${json.why}`)]};
	}
	let version: string | undefined;
	for (const [index, object] of objects.entries()) {
		const [kind = ''] = isObject(object) ? Object.keys(object) : [];
		const body: unknown = isObject(object) ? object[kind] : undefined;
		const told: Told = (name, part) => {
			odd.push(remainder(index + 1, JSON.stringify(part) ?? String(part), `unknown: ${name}`));
			return {kind: 'unknown', name, json: part};
		};
		if (kind === 'metainfo' && isObject(body)) version = text(body['version']);
		else {
			const why = isObject(body) ? place(kind, body, tables, told) : 'not an object of a ruleset';
			if (why !== undefined) odd.push(remainder(index + 1, JSON.stringify(object), why));
		}
	}
	return {...present({version}), tables, remainder: odd};
};
