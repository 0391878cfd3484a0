import {access} from 'node:fs/promises';
import {traitsOf} from '../../lib/model/modes/traits.ts';
import type {Target} from '../../lib/target.ts';
import {lookAtCli} from '../containers/cli.ts';
import {findEngine, NO_IPVS} from '../containers/engine.ts';
import type {HostLook} from '../containers/host-look.ts';
import {missingImage} from '../containers/image.ts';
import type {Preflight} from '../provider.ts';
import {KIND} from './cli.ts';
import {chooseImage} from './image.ts';

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
	const [cli, image, ipvs] = await Promise.all([lookAtCli(shell, KIND, goMissing), chooseImage(shell, engine, target), hasIpvs()]);
	const missing = [...(traitsOf(target.mode).needsIpvs && !ipvs ? [NO_IPVS] : []), ...cli.missing];
	if (missing.length > 0) return {ok: false, why: missing.join('\n')};
	const why = await missingImage(shell, engine, image.name);
	if (why !== undefined) return {ok: false, why: `the node ${why}: \`vipcheck node-image\` makes one without a registry`};
	return {ok: true, how: `nodes are containers of ${engine} ${version} by ${cli.words}, image ${image.name}`};
};
