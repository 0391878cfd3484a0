import type {Engine} from '../../lib/access.ts';
import {ENGINE_ANSWER_TIMEOUT_MS, REGISTRY_ANSWER_TIMEOUT_MS} from '../../lib/limits.ts';
import {TransportError, type Shell} from '../../lib/shell/shell.ts';
import type {ClusterRef} from '../../lib/target.ts';

/** A node image, and what the checks and the host outside run in. */
export type NodeImage = {
	readonly name: string;
	/** Made by `vipcheck node-image`: it holds the images of the checks, and Node. */
	readonly own: boolean;
	readonly images: ClusterRef['images'];
	readonly outside: string;
};

/** k3s names its images by Kubernetes' version and a release of its own. */
export const k3sImage = (version: string): string => `docker.io/rancher/k3s:v${version}-k3s1`;

/** What an image that the engine has says in a label; undefined: it says nothing there, or the engine has no such image. */
export const imageLabel = async (host: Shell, engine: Engine, image: string, label: string): Promise<string | undefined> => {
	const {exitCode, stdout} = await host.run([engine, 'image', 'inspect', '--format', `{{index .Config.Labels "${label}"}}`, image], {
		timeoutMs: ENGINE_ANSWER_TIMEOUT_MS,
	});
	const said = stdout.trim();
	return exitCode === 0 && said !== '' && said !== '<no value>' ? said : undefined;
};

/** Why the engine cannot have the image, in one line; undefined: it can. Looks into the engine first, then asks the registry. */
export const missingImage = async (host: Shell, engine: Engine, name: string): Promise<string | undefined> => {
	const there = await host.run([engine, 'image', 'inspect', '--format', 'there', name], {timeoutMs: ENGINE_ANSWER_TIMEOUT_MS});
	if (there.exitCode === 0) return undefined;
	const said = await host.run([engine, 'manifest', 'inspect', name], {timeoutMs: REGISTRY_ANSWER_TIMEOUT_MS}).then(
		({exitCode, stderr}) => (exitCode === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? '')),
		(error: unknown) => {
			if (error instanceof TransportError) return error.message.split('\n')[0];
			throw error;
		},
	);
	return said === undefined ? undefined : `image ${name} is not here, and its registry does not give it (${said})`;
};
