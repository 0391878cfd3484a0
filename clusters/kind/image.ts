import type {Engine} from '../../lib/access.ts';
import {ENGINE_ANSWER_TIMEOUT_MS} from '../../lib/limits.ts';
import type {Shell} from '../../lib/shell/shell.ts';
import type {ClusterRef, Target} from '../../lib/target.ts';
import {PUBLIC_IMAGES} from '../embedded/parts.ts';
import {clusterImages} from '../embedded/parts/images.ts';

/** A node image, and what the checks and the host outside run in. */
export type NodeImage = {
	readonly name: string;
	/** Made by \`vipcheck node-image\`: it holds the images of the checks and Node, and has no pod network. */
	readonly own: boolean;
	readonly images: ClusterRef['images'];
	readonly outside: string;
};

/** What kind's own images need from registries. */
const publicImage = (name: string): NodeImage => ({
	name,
	own: false,
	images: PUBLIC_IMAGES,
	outside: PUBLIC_IMAGES.client,
});

const ownImageName = (version: string): string => `localhost/vipcheck/node:v${version}`;

/** The image that was asked for, or the one of \`vipcheck node-image\` where the engine has it, or kind's own. */
export const chooseImage = async (
	host: Shell,
	engine: Engine,
	{version, image: asked}: Pick<Target, 'version' | 'image'>,
): Promise<NodeImage> => {
	const name = asked ?? ownImageName(version);
	const {exitCode, stdout} = await host.run(
		[engine, 'image', 'inspect', '--format', '{{index .Config.Labels "vipcheck.node-image"}}', name],
		{timeoutMs: ENGINE_ANSWER_TIMEOUT_MS},
	);
	const kubernetes = stdout.trim();
	if (exitCode === 0 && /^\d/.test(kubernetes)) return {name, own: true, images: clusterImages(kubernetes), outside: name};
	return publicImage(asked ?? `docker.io/kindest/node:v${version}`);
};
