import {setTimeout as pause} from 'node:timers/promises';
import type {Preflight, Provider} from '../../clusters/provider.ts';
import {PREFLIGHT_TIMEOUT_MS} from '../limits.ts';
import type {Family, Mode, PartsOrigin, Target} from '../target.ts';
import {UsageError, causesOf} from '../usage.ts';

/** What a command line asks for of a cluster that is to be made. */
export type TargetOptions = {readonly mode: Mode; readonly provider: string; readonly k8s?: string; readonly family: Family; readonly workers: number; readonly parts?: PartsOrigin | 'auto'};

export type Choice = {readonly provider: Provider; readonly target: Target; /** Why this one, in one line. */ readonly reason: string};

/** `1.36` and `v1.36.3` mean the provider's 1.36.3; undefined where it has none like that. */
export const resolveVersion = (versions: readonly string[], asked: string | undefined): string | undefined => {
	if (asked === undefined) return versions[0];
	const plain = asked.replace(/^v/, '');
	return versions.find(version => version === plain) ?? versions.find(version => version.startsWith(`${plain}.`) && /^\d+\.\d+$/.test(plain));
};

/** Asks a provider whether it can make the target here; one that does not answer in time cannot. */
export const preflight = async (provider: Provider, target: Target): Promise<Preflight> => {
	const giveUp = new AbortController();
	const late = pause(PREFLIGHT_TIMEOUT_MS, {ok: false as const, why: `its look at this machine did not end within ${PREFLIGHT_TIMEOUT_MS / 1000} s`}, {signal: giveUp.signal});
	late.catch(() => undefined);
	try {
		return await Promise.race([provider.preflight(target), late]);
	} catch (error) {
		return {ok: false, why: `its look at this machine failed: ${causesOf(error).join(': ')}`};
	} finally {
		giveUp.abort();
	}
};

/** Takes the provider that was asked for, or the first that can make the target; changes nothing. Throws UsageError with every reason against it. */
export const chooseProvider = async (all: readonly Provider[], options: TargetOptions): Promise<Choice> => {
	const candidates = options.provider === 'auto' ? all : all.filter(({name}) => name === options.provider);
	if (candidates.length === 0) throw new UsageError(`there is no provider ${options.provider}: use ${['auto', ...all.map(({name}) => name)].join(', ')}`);
	const versions = [...new Set(candidates.flatMap(provider => provider.versions))];
	if (!resolveVersion(versions, options.k8s)) throw new UsageError(`Kubernetes ${options.k8s} cannot be made here: use --k8s ${versions.join(', ')}`);

	const against: string[] = [];
	for (const provider of candidates) {
		const version = resolveVersion(provider.versions, options.k8s);
		if (version === undefined) {
			against.push(`${provider.name}: has Kubernetes ${provider.versions.join(', ')} only`);
			continue;
		}
		const parts = options.parts === 'auto' ? undefined : options.parts;
		if (parts !== undefined && !provider.parts?.includes(parts)) {
			against.push(`${provider.name}: it has no choice of parts, so no --parts ${parts}`);
			continue;
		}
		const target: Target = {provider: provider.name, mode: options.mode, family: options.family, version, workers: options.workers, ...(parts && {parts})};
		const support = await preflight(provider, target);
		if (support.ok) return {provider, target: support.target ?? target, reason: [`${provider.name}: ${support.how}`, ...against.map(line => `not ${line}`)].join('; ')};
		against.push(...support.why.split('\n').map(line => `${provider.name}: ${line}`));
	}
	throw new UsageError(`no cluster with mode ${options.mode}, family ${options.family} can be made here:\n${against.map(line => `  ${line}`).join('\n')}`);
};
