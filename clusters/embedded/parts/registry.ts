import {createHash} from 'node:crypto';
import {anonymousPull} from './bearer.ts';
import {fetchSmall} from './body.ts';
import {ChecksumError, download, type DownloadContext} from './download.ts';
import {MANIFEST_BYTES} from './limits.ts';
import type {Credentials} from './request.ts';

/** An image of a registry, by the digest of its index or manifest. */
export type ImageRef = {
	readonly registry: string;
	readonly repository: string;
	readonly digest: string;
};

/** A layer or a manifest (https://github.com/opencontainers/image-spec/blob/main/descriptor.md). */
type Descriptor = {readonly mediaType: string; readonly digest: string};

export type RemoteImage = {
	/** The lowest first. */
	readonly layers: readonly Descriptor[];
	/** Fetches one of them into a file, its digest verified. */
	fetchLayer(layer: Descriptor, path: string, context: DownloadContext): Promise<void>;
};

/** What came from a registry is not an image that can be used here. */
export class ImageError extends Error {
	override name = 'ImageError';
}

const INDEXES = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];
const MANIFESTS = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];

const isDescriptor = (value: unknown): value is Descriptor => {
	const {mediaType, digest} = (value ?? {}) as Partial<Record<keyof Descriptor, unknown>>;
	return typeof mediaType === 'string' && typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest);
};

const descriptorsIn = (document: unknown, list: string, url: string): readonly Descriptor[] => {
	const found = (document as Readonly<Record<string, unknown>> | null)?.[list];
	if (!Array.isArray(found) || found.length === 0 || !found.every(isDescriptor))
		throw new ImageError(`${url} has no ${list} with sha256 digests`);
	return found;
};

const manifestUrl = ({registry, repository}: ImageRef, digest: string): string => `${registry}/v2/${repository}/manifests/${digest}`;

const fetchManifest = async (
	image: ImageRef,
	credentials: Credentials,
	{signal, limits}: DownloadContext,
): Promise<Readonly<Record<string, unknown>>> => {
	const url = manifestUrl(image, image.digest);
	const bytes = await fetchSmall(url, MANIFEST_BYTES, {
		signal,
		limits,
		credentials,
		headers: {accept: [...INDEXES, ...MANIFESTS].join(', ')},
	});
	const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
	if (found !== image.digest)
		throw new ChecksumError(`wrong checksum from ${url}: pinned ${image.digest}, received ${found} (${bytes.length} bytes)`);
	return JSON.parse(bytes.toString()) as Record<string, unknown>;
};

/**
 * Looks up an image for one architecture (OCI's word, such as amd64) in its registry; manifests are verified by the digest that led to them
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull). Throws TransferError, ChecksumError, ImageError.
 */
export const openImage = async (image: ImageRef, architecture: string, context: DownloadContext): Promise<RemoteImage> => {
	const credentials = anonymousPull(image.repository, context.limits);
	let manifest = await fetchManifest(image, credentials, context);
	let url = manifestUrl(image, image.digest);
	if (Array.isArray(manifest['manifests'])) {
		const all = descriptorsIn(manifest, 'manifests', url) as readonly (Descriptor & {
			platform?: {os?: string; architecture?: string};
		})[];
		const own = all.find(
			({mediaType, platform}) => MANIFESTS.includes(mediaType) && platform?.os === 'linux' && platform.architecture === architecture,
		);
		if (!own)
			throw new ImageError(
				`${url} has no image for linux/${architecture}; it has ` +
					`${[...new Set(all.map(({platform}) => `${platform?.os}/${platform?.architecture}`))].join(', ')}`,
			);
		manifest = await fetchManifest({...image, digest: own.digest}, credentials, context);
		url = manifestUrl(image, own.digest);
	}
	return {
		layers: descriptorsIn(manifest, 'layers', url),
		fetchLayer: async ({digest}, path, layerContext) =>
			download(
				{url: `${image.registry}/v2/${image.repository}/blobs/${digest}`, sha256: digest.replace('sha256:', ''), credentials},
				path,
				layerContext,
			),
	};
};
