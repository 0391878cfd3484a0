import type {Engine} from '../../lib/access.ts';
import type {Shell} from '../../lib/shell/shell.ts';
import type {Target} from '../../lib/target.ts';
import {imageLabel, type NodeImage} from '../containers/image.ts';
import {PUBLIC_IMAGES} from '../embedded/parts.ts';
import {clusterImages} from '../embedded/parts/images.ts';

/** What kind's own images need from registries. */
const publicImage = (name: string): NodeImage => ({
	name,
	own: false,
	images: PUBLIC_IMAGES,
	outside: PUBLIC_IMAGES.client,
});

/** What `docker images` shows of a node image of ours; nothing can be had under this name from a registry. */
export const ownImageName = (version: string): string => `localhost/vipcheck/node:v${version}`;

/** Its label: the version of Kubernetes in it. It has no pod network: the provider makes one. */
export const OWN_IMAGE_LABEL = 'vipcheck.node-image';

/** The image that was asked for, or the one of \`vipcheck node-image\` where the engine has it, or kind's own. */
export const chooseImage = async (
	host: Shell,
	engine: Engine,
	{version, image: asked}: Pick<Target, 'version' | 'image'>,
): Promise<NodeImage> => {
	const name = asked ?? ownImageName(version);
	const kubernetes = await imageLabel(host, engine, name, OWN_IMAGE_LABEL);
	return kubernetes === undefined
		? publicImage(asked ?? `docker.io/kindest/node:v${version}`)
		: {name, own: true, images: clusterImages(kubernetes), outside: name};
};
