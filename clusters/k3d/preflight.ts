import {traitsOf} from '../../lib/model/modes/traits.ts';
import type {Target} from '../../lib/target.ts';
import {lookAtCli} from '../containers/cli.ts';
import {findEngine, NO_IPVS} from '../containers/engine.ts';
import type {HostLook} from '../containers/host-look.ts';
import {missingImage} from '../containers/image.ts';
import type {Preflight} from '../provider.ts';
import {K3D} from './cli.ts';
import {chooseImage, toolsImage} from './image.ts';

/** Its networks have no IPv6 addresses, and what k3s then wants is a network made beforehand and ranges of its own. */
const NO_DUAL = 'family dual: k3d makes networks of IPv4 alone: --provider kind or embedded have both families';

/** Can k3d make this here? A line for each thing that is missing, with how to get it. Changes nothing. */
export const preflight = async (target: Target, {shell, env, hasIpvs, goMissing}: HostLook): Promise<Preflight> => {
	const state = await findEngine(shell, 'docker');
	if (!state.ok) return state;
	const [cli, image, ipvs] = await Promise.all([lookAtCli(shell, K3D, goMissing), chooseImage(shell, target), hasIpvs()]);
	const missing = [
		...(target.family === 'dual' ? [NO_DUAL] : []),
		...(traitsOf(target.mode).needsIpvs && !ipvs ? [NO_IPVS] : []),
		...cli.missing,
	];
	if (missing.length > 0) return {ok: false, why: missing.join('\n')};
	const tools = toolsImage(image, env);
	const [node, ofTools] = await Promise.all([
		missingImage(shell, 'docker', image.name),
		tools === undefined || tools === image.name ? undefined : missingImage(shell, 'docker', tools),
	]);
	if (node !== undefined)
		return {
			ok: false,
			why: `the node ${node}: --image names another, such as one of \`vipcheck node-image --for k3d\`, which is not k3s`,
		};
	if (ofTools !== undefined) return {ok: false, why: `the ${ofTools}: K3D_IMAGE_TOOLS names it, which k3d starts for itself`};
	const what = image.own ? 'a stand-in of upstream Kubernetes, not k3s' : 'k3s';
	return {ok: true, how: `nodes are containers of docker ${state.version} by ${cli.words}, image ${image.name} (${what})`};
};
