import type {Shell} from '../../lib/shell/shell.ts';
import type {Target} from '../../lib/target.ts';
import {imageLabel, k3sImage, type NodeImage} from '../containers/image.ts';
import {PUBLIC_IMAGES} from '../embedded/parts.ts';
import {clusterImages} from '../embedded/parts/images.ts';

/** An image of `vipcheck node-image --for k3d` says so in this label: the version of Kubernetes in it. */
export const STAND_IN_LABEL = 'vipcheck.k3s-stand-in';

/** What `docker images` shows of it. It is taken only by name, as it is not k3s. */
export const standInName = (version: string): string => `localhost/vipcheck/k3s-stand-in:v${version}`;

/** The image that was asked for, or k3s' own of this version. */
export const chooseImage = async (host: Shell, {version, image}: Pick<Target, 'version' | 'image'>): Promise<NodeImage> => {
	const name = image ?? k3sImage(version);
	const kubernetes = await imageLabel(host, 'docker', name, STAND_IN_LABEL);
	return kubernetes === undefined
		? {name, own: false, images: PUBLIC_IMAGES, outside: PUBLIC_IMAGES.client}
		: {name, own: true, images: clusterImages(kubernetes), outside: name};
};

/** The image of the container that k3d starts beside every cluster for its own use; undefined: k3d's own. The stand-in can be that, too. */
export const toolsImage = (
	{name, own}: Pick<NodeImage, 'name' | 'own'>,
	env: Readonly<Record<string, string | undefined>>,
): string | undefined => env['K3D_IMAGE_TOOLS'] || (own ? name : undefined);
