import type {Preflight, Provider} from '../../clusters/provider.ts';
import {PREFLIGHT_TIMEOUT_MS} from '../limits.ts';
import {withStandard} from '../options/options.ts';
import type {Given} from '../options/options.ts';
import type {Mode, Target} from '../target.ts';
import {UsageError, causesOf} from '../usage.ts';
import {deadline} from '../wait/deadline.ts';

export type Choice = {
	readonly provider: Provider;
	readonly target: Target;
	/** Why this one, in one line. */ readonly reason: string;
};

/** `1.36` and `v1.36.3` mean the provider's 1.36.3; undefined where it has none like that. */
export const resolveVersion = (versions: readonly string[], asked: string | undefined): string | undefined => {
	if (asked === undefined) return versions[0];
	const plain = asked.replace(/^v/, '');
	return (
		versions.find(version => version === plain) ?? versions.find(version => version.startsWith(`${plain}.`) && /^\d+\.\d+$/.test(plain))
	);
};

/** Asks a provider whether it can make the target here; one that does not answer in time cannot. */
export const preflight = async (provider: Provider, target: Target): Promise<Preflight> => {
	try {
		return await deadline(provider.preflight(target), {ms: PREFLIGHT_TIMEOUT_MS});
	} catch (error) {
		return {ok: false, why: `its look at this machine failed: ${causesOf(error).join(': ')}`};
	}
};

/** What was asked for; `auto` is no wish. */
const wished = <T extends string>(word: T | 'auto'): T | undefined => (word === 'auto' ? undefined : word);

/** Which cluster that exists, and what was agreed to. */
const existingOf = ({
	kubeconfig,
	context,
	inventory,
	yes,
	disruptive,
	metallbPool,
}: ReturnType<typeof withStandard>): NonNullable<Target['existing']> => ({
	...(kubeconfig !== undefined && {kubeconfig}),
	...(context !== undefined && {context}),
	...(inventory !== undefined && {inventory}),
	yes,
	disruptive,
	...(metallbPool !== undefined && {metallbPool}),
});

/**
 * Takes the provider that was asked for, or the first that can make the target; changes nothing. Throws UsageError with every reason
 * against it.
 * `mode`: left out, the default, or what a cluster that exists turns out to have.
 */
export const chooseProvider = async (all: readonly Provider[], mode: Mode | undefined, given: Given): Promise<Choice> => {
	const options = withStandard(given);
	const wantedMode = mode ?? (options.mode[0] as Mode);
	const candidates =
		options.provider === 'auto' ? all.filter(({finds}) => finds !== true) : all.filter(({name}) => name === options.provider);
	if (candidates.length === 0)
		throw new UsageError(`there is no provider ${options.provider}: use ${['auto', ...all.map(({name}) => name)].join(', ')}`);
	const versions = [...new Set(candidates.flatMap(provider => provider.versions))];
	if (!candidates.some(({finds}) => finds) && !resolveVersion(versions, options.k8s))
		throw new UsageError(`Kubernetes ${options.k8s} cannot be made here: use --k8s ${versions.join(', ')}`);

	const against: string[] = [];
	for (const provider of candidates) {
		const version = provider.finds ? (options.k8s ?? 'unknown') : resolveVersion(provider.versions, options.k8s);
		if (version === undefined) {
			against.push(`${provider.name}: has Kubernetes ${provider.versions.join(', ')} only`);
			continue;
		}
		const parts = wished(options.parts);
		if (parts !== undefined && !provider.parts?.includes(parts)) {
			against.push(`${provider.name}: it has no choice of parts, so no --parts ${parts}`);
			continue;
		}
		const nodeKernel = wished(options.nodeKernel);
		if (nodeKernel !== undefined && !(provider.nodeKernels ?? ['host']).includes(nodeKernel)) {
			against.push(`${provider.name}: its nodes have no kernel of their own, so no --node-kernel ${nodeKernel}`);
			continue;
		}
		if (options.image !== undefined && provider.takesImage !== true) {
			against.push(`${provider.name}: its nodes are no containers, so no --image ${options.image}`);
			continue;
		}
		const target: Target = {
			provider: provider.name,
			mode: provider.finds ? (mode ?? 'unknown') : wantedMode,
			family: options.family,
			version,
			workers: options.workers,
			...(parts && {parts}),
			...(nodeKernel && {nodeKernel}),
			...(options.image !== undefined && {image: options.image}),
			...(provider.finds && {existing: existingOf(options)}),
		};
		const support = await preflight(provider, target);
		if (support.ok)
			return {
				provider,
				target: {...(support.target ?? target), workers: given.workers ?? support.workers ?? target.workers},
				reason: [`${provider.name}: ${support.how}`, ...against.map(line => `not ${line}`)].join('; '),
			};
		against.push(...support.why.split('\n').map(line => `${provider.name}: ${line}`));
	}
	// It was asked for by name: nothing else could have been made instead.
	if (candidates.length === 1 && against.length === 1) throw new UsageError(against[0] as string);
	throw new UsageError(
		`no cluster with mode ${wantedMode}, family ${options.family} can be made here:\n${against.map(line => `  ${line}`).join('\n')}`,
	);
};
