import type {PartsOrigin} from '../../../lib/target.ts';
import go from './go.ts';
import release from './release.ts';
import type {Source} from './source.ts';

type Sources = Readonly<Record<PartsOrigin, Source>>;

export type PartsChoice = {
	readonly source: Source;
	/** Which source and why, in one line. */
	readonly why: string;
	/** What keeps it from working, a line each. */
	readonly missing: readonly string[];
};

const SOURCES: Sources = {release, go};

/**
 * The source that was asked for; or else the release where it can work (its hosts answer and the version is pinned, or all of it is here),
 * or else Go. Looks only.
 */
export const chooseParts = async (
	asked: PartsOrigin | undefined,
	kubernetes: string,
	cache: string,
	sources: Sources = SOURCES,
): Promise<PartsChoice> => {
	if (asked !== undefined)
		return {source: sources[asked], why: `parts from ${asked}, as asked for`, missing: await sources[asked].missing(kubernetes, cache)};
	const against = await sources.release.missing(kubernetes, cache);
	if (against.length === 0)
		return {source: sources.release, why: 'parts from release: its checksums are pinned, and it is within reach', missing: []};
	const missing = await sources.go.missing(kubernetes, cache);
	const why = `parts from go, not release: ${against.join(', ')}`;
	return {
		source: sources.go,
		why,
		missing: missing.length === 0 ? [] : [...missing, ...against.map(line => `nor can parts come from the release: ${line}`)],
	};
};

/** The source of a target whose preflight is over; chooses only where that settled nothing. */
export const sourceOf = async (
	settled: PartsOrigin | undefined,
	kubernetes: string,
	cache: string,
	sources: Sources = SOURCES,
): Promise<Source> => (settled === undefined ? (await chooseParts(undefined, kubernetes, cache, sources)).source : sources[settled]);
