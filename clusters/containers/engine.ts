import {access, readFile} from 'node:fs/promises';
import type {Access, Engine} from '../../lib/access.ts';
import {ENGINE_ANSWER_TIMEOUT_MS} from '../../lib/limits.ts';
import {messageOf} from '../../lib/usage.ts';
import {TransportError, type Shell} from '../../lib/shell/shell.ts';

const ENGINES: readonly Engine[] = ['docker', 'podman', 'nerdctl'];

/** What an engine says of itself, or what keeps it from working, in one line. */
export type EngineState =
	| {
			ok: true;
			engine: Engine;
			version: string;
	  }
	| {ok: false; why: string};

const firstLine = (text: string): string =>
	text
		.trim()
		.split('\n')
		.find(line => line.trim() !== '' && !line.startsWith('Client:')) ?? 'it says nothing';

/**
 * The engine that `asked` names (kind's own switch, KIND_EXPERIMENTAL_PROVIDER), or the first that is there; asks it whether it answers.
 */
export const findEngine = async (host: Shell, asked?: string): Promise<EngineState> => {
	const wanted = ENGINES.filter(engine => asked === undefined || asked === '' || engine === asked);
	if (wanted.length === 0) return {ok: false, why: `KIND_EXPERIMENTAL_PROVIDER is ${asked}: there are ${ENGINES.join(', ')}`};
	for (const engine of wanted) {
		try {
			const format = engine === 'podman' ? '{{.Version.Version}}' : '{{.Server.Version}}';
			const argv = engine === 'podman' ? ['podman', 'info', '--format', format] : [engine, 'version', '--format', format];
			const {exitCode, stdout, stderr} = await host.run(argv, {timeoutMs: ENGINE_ANSWER_TIMEOUT_MS});
			if (exitCode === 0 && stdout.trim() !== '') return {ok: true, engine, version: stdout.trim()};
			return {ok: false, why: `${engine} is there, but its daemon does not answer (is it running?): ${firstLine(stderr || stdout)}`};
		} catch (error) {
			if (!(error instanceof TransportError)) throw error;
			if (!/ENOENT/.test(messageOf(error))) return {ok: false, why: `${engine} cannot be asked: ${messageOf(error)}`};
		}
	}
	return {
		ok: false,
		why: `there is no ${wanted.join(', no ')} on the PATH: install Docker, or use --provider embedded, which needs none`,
	};
};

/** How a container of this engine is reached. */
export const containerAccess = (engine: Engine, name: string, host = process.env['DOCKER_HOST']): Access => ({
	kind: 'container',
	engine,
	name,
	...(engine === 'docker' && host !== undefined && host !== '' && {host}),
});

/** Containers share the kernel of their host: has that IPVS, or could it load it? */
export const hostHasIpvs = async (): Promise<boolean> => {
	const release = (await readFile('/proc/sys/kernel/osrelease', 'utf8')).trim();
	const places = ['/proc/net/ip_vs', `/lib/modules/${release}/kernel/net/netfilter/ipvs`];
	const found = await Promise.all(
		places.map(async place =>
			access(place).then(
				() => true,
				() => false,
			),
		),
	);
	return found.includes(true);
};

/** Why mode ipvs cannot be had in containers of this host, in one line. */
export const NO_IPVS =
	"mode ipvs: this host's kernel has no ip_vs (modprobe ip_vs), and its containers share it: --provider embedded boots nodes " +
	'with a kernel of their own';
