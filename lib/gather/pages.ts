import {apiError} from '../kube-error.ts';
import type {Fact} from '../facts/fact.ts';

/** All objects of a list, as they were at one moment. */
export type Listing<T> = {readonly items: readonly T[]; readonly resourceVersion: string};

type Part<T> = {readonly items: readonly T[]; readonly metadata?: {readonly _continue?: string; readonly resourceVersion?: string}};

/** Objects per call: what kubectl asks for. */
export const PAGE_SIZE = 500;

const readAll = async <T>(list: (page: {limit: number; _continue?: string}) => Promise<Part<T>>): Promise<Listing<T>> => {
	const items: T[] = [];
	let resourceVersion = '';
	let _continue: string | undefined;
	do {
		const part = await list({limit: PAGE_SIZE, ...(_continue === undefined ? {} : {_continue})});
		items.push(...part.items);
		resourceVersion = part.metadata?.resourceVersion ?? resourceVersion;
		_continue = part.metadata?._continue || undefined;
	} while (_continue !== undefined);
	return {items, resourceVersion};
};

/** Makes a fact of a call to the API; an answer that is an error, or none, is a missing one. */
export const calling = async <T>(source: string, call: () => Promise<T>): Promise<Fact<T>> => {
	try {
		return {ok: true, value: await call(), source};
	} catch (error) {
		const fault = apiError(error);
		if (!fault) throw error;
		return {ok: false, why: fault.line, source};
	}
};

/** Reads a list page by page. One that expires between two pages (410 Gone) is begun again, once. Throws what the calls throw. */
export const readPages = async <T>(list: (page: {limit: number; _continue?: string}) => Promise<Part<T>>): Promise<Listing<T>> => {
	try {
		return await readAll(list);
	} catch (error) {
		if (apiError(error)?.code !== 410) throw error;
		return readAll(list);
	}
};

/** The same as a fact: what the API server refuses is missing. */
export const listing = async <T>(
	source: string,
	list: (page: {limit: number; _continue?: string}) => Promise<Part<T>>,
): Promise<Fact<Listing<T>>> => calling(source, async () => readPages(list));
