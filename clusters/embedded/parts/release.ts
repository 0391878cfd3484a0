import {access, appendFile, chmod} from 'node:fs/promises';
import {join} from 'node:path';
import {digest, once} from '../cache.ts';
import {RELEASE_HOSTS, RELEASE_IMAGES, type ReleaseImage} from '../parts.ts';
import {download, type DownloadContext} from './download.ts';
import {fetchFile} from './image-file.ts';
import {FETCH_LIMITS, HOST_ANSWERS_MS, type FetchLimits} from './limits.ts';
import {PINS_FILE, architectureOf, programUrl, readPins, sumsOf, type Pins} from './pins.ts';
import {silentHosts} from './silent-hosts.ts';
import {openImage} from './registry.ts';
import {showBytes} from './show-bytes.ts';
import type {Source} from './source.ts';

export type Release = {
	readonly hosts: {readonly programs: string; readonly registry: string};
	readonly images: readonly ReleaseImage[];
	readonly pins: () => Promise<Pins>;
	/** As Node calls it. */
	readonly arch: string;
	readonly limits: FetchLimits;
	readonly answersMs: number;
};

type Part = {
	readonly name: string;
	readonly from: string;
	/** Names what is wanted, so that other content has another place. */ readonly key: string;
	fetch(dir: string, context: DownloadContext): Promise<void>;
};

/** All programs of a version, each with its pinned sum or digest; undefined for a version without pins. */
const partsOf = async (kubernetes: string, {hosts, images, pins, arch}: Release): Promise<readonly Part[] | undefined> => {
	const architecture = architectureOf(arch);
	const sums = sumsOf(await pins(), kubernetes, architecture);
	return (
		sums && [
			...[...sums].map(([name, sha256]): Part => {
				const url = programUrl(hosts.programs, kubernetes, architecture, name);
				return {
					name,
					from: url,
					key: digest('release', sha256),
					fetch: async (dir, context) => {
						await download({url, sha256}, join(dir, name), context);
						await chmod(join(dir, name), 0o755);
					},
				};
			}),
			...images.map(({program, path, repository, digest: index}): Part => ({
				name: program,
				from: `${hosts.registry}/${repository}@${index}`,
				key: digest('release', index, architecture, path),
				fetch: async (dir, context) =>
					fetchFile(
						await openImage({registry: hosts.registry, repository, digest: index}, architecture, context),
						path,
						join(dir, program),
						join(dir, 'layers'),
						context,
					),
			})),
		]
	);
};

const placeOf = (cache: string, {name, key}: Part): string => join(cache, 'programs', `${name}-${key}`);

/** Programs of the official release and out of its images, held against checksums that are pinned here. Needs no compiler. */
export const releaseSource = (release: Release): Source => ({
	name: 'release',
	coldDiskGib: 4,
	async missing(kubernetes, cache) {
		const parts = await partsOf(kubernetes, release);
		if (!parts)
			return [
				`there are no pinned checksums of Kubernetes ${kubernetes} for ${architectureOf(release.arch)} (node ` +
					`clusters/embedded/parts/pin.ts ${kubernetes} gets them from the release host)`,
			];
		const there = await Promise.all(
			parts.map(async part =>
				access(placeOf(cache, part)).then(
					() => true,
					() => false,
				),
			),
		);
		return there.includes(false) ? silentHosts([(parts[0] as Part).from, `${release.hosts.registry}/v2/`], release.answersMs) : [];
	},
	async programs(kubernetes, {cache, signal, log, progress}, only) {
		const all = await partsOf(kubernetes, release);
		if (!all) throw new Error(`there are no pinned checksums of Kubernetes ${kubernetes} in ${PINS_FILE}`);
		const parts = all.filter(({name}) => only?.includes(name) ?? true);
		const found = new Map<string, string>();
		for (const [index, part] of parts.entries()) {
			const made = await once(
				placeOf(cache, part),
				async unfinished => {
					const title = `${part.name}, ${index + 1} of ${parts.length}`;
					progress(title);
					await appendFile(log, `fetch ${part.name} from ${part.from}\n`);
					await part.fetch(unfinished, {
						signal,
						limits: release.limits,
						progress: showBytes(text => progress(`${title}, ${text}`)),
					});
				},
				signal,
			);
			found.set(part.name, join(made, part.name));
		}
		return found;
	},
});

export default releaseSource({
	hosts: RELEASE_HOSTS,
	images: RELEASE_IMAGES,
	pins: async () => readPins(PINS_FILE),
	arch: process.arch,
	limits: FETCH_LIMITS,
	answersMs: HOST_ANSWERS_MS,
});
