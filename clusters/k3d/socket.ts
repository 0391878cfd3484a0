import {ENGINE_ANSWER_TIMEOUT_MS} from '../../lib/limits.ts';
import type {Shell} from '../../lib/shell/shell.ts';

/**
 * What k3d must be told of the socket that Docker listens on. It mounts DOCKER_SOCK into a container, /var/run/docker.sock unless told
 * otherwise; where that is not there, dockerd makes a directory of that name on the host.
 */
export const dockerSocket = async (
	host: Shell,
	env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> => {
	if (env['DOCKER_SOCK']) return {};
	// The one in use: DOCKER_HOST's, or that of the context.
	const {stdout} = await host.run(['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], {
		timeoutMs: ENGINE_ANSWER_TIMEOUT_MS,
	});
	const path = /^unix:\/\/(\/\S+)$/.exec(stdout.trim())?.[1];
	return path === undefined ? {} : {DOCKER_SOCK: path};
};
