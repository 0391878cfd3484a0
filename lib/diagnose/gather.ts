import {isObject, list, part, text, type JsonObject} from '../facts/parse/json.ts';
import {readPages} from '../gather/pages.ts';
import {apiError, KubeError, type ApiFault} from '../kube-error.ts';
import type {ReadKube} from '../read-kube.ts';
import type {FactName, Gathered, GatheredFacts} from './facts.ts';
import {rightText, SOURCES, type Source} from './sources.ts';

const objects = (value: unknown): readonly JsonObject[] => list(value).filter(isObject);

/** Somebody else answers, a proxy say: what is not there must not be taken for an empty list. */
const noList = (server: string, path: string): KubeError =>
	new KubeError({verb: 'GET', path, server}, {transport: true, cause: new Error('what answers is no API server: it gives no list')});

const readList = async (kube: ReadKube, {path, query}: Source, keep: (item: JsonObject) => JsonObject): Promise<readonly JsonObject[]> => {
	const {items} = await readPages(async ({limit, _continue}) => {
		const answer = await kube.get(path, {...query, limit: `${limit}`, ...(_continue === undefined ? {} : {continue: _continue})});
		const body = isObject(answer) ? answer : {};
		const items = body['items'];
		// Go writes an empty list as null, too.
		if (!Array.isArray(items) && items !== null) throw noList(kube.server, path);
		const next = text(part(body, 'metadata')['continue']);
		return {items: objects(items).map(keep), metadata: next === undefined ? {} : {_continue: next}};
	});
	return items;
};

/** 403 names the right; 404 of a list says that there is no such kind, of an object that it does not exist. */
const missing = ({path, right, kind}: Source, {code, line}: ApiFault): Gathered<never> => {
	if (code === 403 || code === 401)
		return {
			ok: false,
			why: `no right to ${right ? rightText(right) : `read ${path}`}`,
			source: path,
			right: right ? rightText(right) : path,
		};
	if (code === 404)
		return {
			ok: false,
			why: kind === 'list' ? 'this cluster has no such kind of object' : 'it does not exist',
			source: path,
			absent: true,
		};
	return {ok: false, why: line, source: path};
};

const readOne = async (kube: ReadKube, name: keyof typeof SOURCES): Promise<Gathered<unknown>> => {
	const source = SOURCES[name];
	try {
		if (source.kind === 'list') return {ok: true, value: await readList(kube, source, source.keep), source: source.path};
		const object = await kube.get(source.path);
		const value = source.read(isObject(object) ? object : {});
		return value === undefined
			? {ok: false, why: 'it does not hold what is looked for', source: source.path, absent: true}
			: {ok: true, value, source: source.path};
	} catch (error) {
		const fault = apiError(error);
		if (!fault) throw error;
		return missing(source, fault);
	}
};

/**
 * Reads what is asked for and nothing else, changing nothing; the client keeps few requests under way. What cannot be read, or has not come
 * before the client's signal, is a fact that is missing and says why: never an error, so a slow or failing server gives a part of the
 * verdicts.
 */
export const gatherFacts = async (kube: ReadKube, names: readonly FactName[]): Promise<GatheredFacts> => {
	const asked = names.filter((name): name is keyof typeof SOURCES => name in SOURCES);
	return Object.fromEntries(await Promise.all(asked.map(async name => [name, await readOne(kube, name)] as const)));
};
