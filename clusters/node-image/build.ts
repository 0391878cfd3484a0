import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {Engine} from '../../lib/access.ts';
import {localShell} from '../../lib/shell/transports/local.ts';
import {UsageError} from '../../lib/usage.ts';
import {cliProgram} from '../containers/cli.ts';
import {findEngine} from '../containers/engine.ts';
import {KUBERNETES_VERSIONS} from '../embedded/parts.ts';
import {chooseParts} from '../embedded/parts/choose.ts';
import type {PartsContext} from '../embedded/parts/source.ts';
import {k3dImage} from './k3d/maker.ts';
import {kindImage} from './kind/maker.ts';
import type {Maker} from './maker.ts';

const MAKERS = {kind: kindImage, k3d: k3dImage} as const satisfies Readonly<Record<string, Maker>>;

/** A provider that node images are made for. */
export type ImageFor = keyof typeof MAKERS;

export type ImageOptions = {
	readonly of: ImageFor;
	/** Kubernetes version as it was asked for; left out: the newest. */
	readonly k8s?: string;
};

type Context = Omit<PartsContext, 'log'>;

const versionFor = (asked: string | undefined): string => {
	const plain = asked?.replace(/^v/, '');
	const version = KUBERNETES_VERSIONS.find(one => plain === undefined || one === plain || one.startsWith(`${plain}.`));
	if (version === undefined) throw new UsageError(`Kubernetes ${asked} cannot be made here: use --k8s ${KUBERNETES_VERSIONS.join(', ')}`);
	return version;
};

const withLog = async (context: Context): Promise<PartsContext> => {
	await mkdir(context.cache, {recursive: true});
	return {...context, log: join(context.cache, 'node-image.log')};
};

const filesOf = async ({files}: Maker, kubernetes: string, context: PartsContext): Promise<string> => {
	const {source, missing} = await chooseParts(undefined, kubernetes, context.cache);
	if (missing.length > 0) throw new Error(missing.join('\n'));
	return files(kubernetes, source, context);
};

/**
 * Gets and builds what a node image is made of, and the provider's CLI where there is none: `nodeImage` and the provider then need neither
 * a network nor time. Answers the directory of the files. Throws UsageError for a version that there is not.
 */
export const prepareNodeImage = async ({of, k8s}: ImageOptions, context: Context): Promise<string> => {
	const version = versionFor(k8s);
	const logged = await withLog(context);
	await cliProgram(localShell('this host'), MAKERS[of].cli, logged);
	return filesOf(MAKERS[of], version, logged);
};

/**
 * Builds a provider's node image of the embedded cluster's parts and loads it into the engine, without any registry. Answers its name and
 * how it is used. Throws UsageError for a version that there is not, or an engine that does not answer.
 */
export const nodeImage = async (
	{of, k8s}: ImageOptions,
	engine: Engine,
	context: Context,
): Promise<{readonly name: string; readonly use: string}> => {
	const version = versionFor(k8s);
	const state = await findEngine(localShell('this host'), engine);
	if (!state.ok) throw new UsageError(state.why);
	const logged = await withLog(context);
	const maker = MAKERS[of];
	const name = await maker.load(await filesOf(maker, version, logged), version, engine, logged);
	return {name, use: maker.use(name)};
};
