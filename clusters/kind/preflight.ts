import {access} from 'node:fs/promises';
import {traitsOf} from '../../lib/model/modes/traits.ts';
import type {Shell} from '../../lib/shell/shell.ts';
import type {Target} from '../../lib/target.ts';
import {findEngine, hostHasIpvs, NO_IPVS} from '../containers/engine.ts';
import {missingImage} from '../containers/image.ts';
import go from '../embedded/parts/go.ts';
import type {Preflight} from '../provider.ts';
import {findKind, moduleVersion} from './cli.ts';
import {chooseImage} from './image.ts';

/** What is looked at besides what programs say. */
export type HostLook = {
	readonly shell: Shell;
	readonly env: Readonly<Record<string, string | undefined>>;
	hasIpvs(): Promise<boolean>;
	/** What is missing to build a Go program. */
	goMissing(): Promise<readonly string[]>;
};

export const hostLook = (shell: Shell): HostLook => ({
	shell,
	env: process.env,
	hasIpvs: hostHasIpvs,
	goMissing: async () => go.missing('', ''),
});

/** Is version 1 of cgroups what containers get here? */
export const hasCgroupV1 = async (): Promise<boolean> =>
	access('/sys/fs/cgroup/cgroup.controllers').then(
		() => false,
		() => true,
	);

/** Can kind make this here? A line for each thing that is missing, with how to get it. Changes nothing. */
export const preflight = async (target: Target, {shell, env, hasIpvs, goMissing}: HostLook): Promise<Preflight> => {
	const state = await findEngine(shell, env['KIND_EXPERIMENTAL_PROVIDER']);
	if (!state.ok) return state;
	const {engine, version} = state;
	const [kind, image, ipvs] = await Promise.all([findKind(shell), chooseImage(shell, engine, target), hasIpvs()]);
	const missing = [
		...(traitsOf(target.mode).needsIpvs && !ipvs ? [NO_IPVS] : []),
		...(kind.how === 'too old' ? [kind.why] : []),
		...(kind.how === 'build' ? (await goMissing()).map(line => `there is no kind on the PATH, and it cannot be built: ${line}`) : []),
	];
	if (missing.length > 0) return {ok: false, why: missing.join('\n')};
	const why = await missingImage(shell, engine, image.name);
	if (why !== undefined) return {ok: false, why: `the node ${why}: \`vipcheck node-image\` makes one without a registry`};
	const cli = kind.how === 'path' ? `kind ${kind.version}` : `kind ${await moduleVersion()}, built from its Go module`;
	return {ok: true, how: `nodes are containers of ${engine} ${version} by ${cli}, image ${image.name}`};
};
