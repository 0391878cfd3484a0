import type {Engine} from '../../lib/access.ts';
import {ENGINE_ANSWER_TIMEOUT_MS, REGISTRY_ANSWER_TIMEOUT_MS} from '../../lib/limits.ts';
import {TransportError, type Shell} from '../../lib/shell/shell.ts';

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
