import {parseAllDocuments} from 'yaml';
import {isObject, list, readJson, text, type JsonObject} from './json.ts';
import {remainder, type Remainder} from './remainder.ts';

/** An object of the API, as it was written. */
export type ApiObject = JsonObject & {readonly apiVersion: string; readonly kind: string};

export type ObjectDump = {readonly objects: readonly ApiObject[]; readonly remainder: readonly Remainder[]};

const isApiObject = (value: unknown): value is ApiObject =>
	isObject(value) && text(value['apiVersion']) !== undefined && text(value['kind']) !== undefined;

/** The objects of a list, which may leave out what they are; lists in lists too. */
const within = (value: unknown, odd: Remainder[], at: number): readonly ApiObject[] => {
	if (!isApiObject(value)) {
		odd.push(remainder(at, JSON.stringify(value) ?? String(value), 'not an object of the API: it has no apiVersion and kind'));
		return [];
	}

	if (!value.kind.endsWith('List') && !('items' in value)) return [value];
	const kind = value.kind.replace(/List$/, '');
	return list(value['items']).flatMap(item =>
		within(isObject(item) && kind !== '' ? {apiVersion: value.apiVersion, kind, ...item} : item, odd, at),
	);
};

/**
 * Reads what `kubectl get … -o yaml` or `-o json` prints: objects, lists and several documents after each other. Total: what is none is in
 * `remainder`.
 */
export const parseObjects = (source: string): ObjectDump => {
	const odd: Remainder[] = [];
	const json = readJson(source);
	if (json.ok) return {objects: within(json.value, odd, 1), remainder: odd};
	const objects = parseAllDocuments(source, {logLevel: 'silent'}).flatMap((document, index) => {
		if (!('contents' in document)) return [];
		const [error] = document.errors;
		if (error) {
			odd.push(remainder(index + 1, source, `document ${index + 1} is not YAML: ${error.message.split('\n')[0]}`));
			return [];
		}

		const value: unknown = document.toJS();
		return value === null ? [] : within(value, odd, index + 1);
	});
	return {objects, remainder: odd};
};
