import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {messageOf} from '../../lib/usage.ts';
import {TransportError, type Shell} from '../../lib/shell/shell.ts';
import {goProgram} from '../embedded/parts/go.ts';
import type {PartsContext} from '../embedded/parts/source.ts';

const MODULE = join(import.meta.dirname, 'go');

/** Older ones do not know what their clusters are asked for here: nftables since 0.27, kubeadm's v1beta4 of Kubernetes 1.36 since 0.30. */
const MINIMUM = '0.30.0';

export type FoundKind =
	{readonly how: 'path'; readonly version: string} | {readonly how: 'build'} | {readonly how: 'too old'; readonly why: string};

/** The kind of the PATH where it is new enough; none: it is built. */
export const findKind = async (host: Shell): Promise<FoundKind> => {
	try {
		const {stdout} = await host.run(['kind', 'version', '--quiet']);
		const version = /v?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? 'unknown';
		if (version.localeCompare(MINIMUM, 'en', {numeric: true}) >= 0) return {how: 'path', version};
		return {
			how: 'too old',
			why:
				`kind on the PATH is ${version}, ${MINIMUM} or newer is needed: update it, or take it off the PATH, then it is built ` +
				'from its Go module',
		};
	} catch (error) {
		if (error instanceof TransportError && /ENOENT/.test(messageOf(error))) return {how: 'build'};
		throw error;
	}
};

/** The version that is built. */
export const moduleVersion = async (): Promise<string> =>
	/sigs\.k8s\.io\/kind v(\S+)/.exec(await readFile(join(MODULE, 'go.mod'), 'utf8'))?.[1] ?? 'unknown';

/** The program to call: that of the PATH, or one that is built from its Go module once. */
export const kindProgram = async (host: Shell, context: PartsContext): Promise<string> => {
	const found = await findKind(host);
	if (found.how === 'too old') throw new Error(found.why);
	return found.how === 'path'
		? 'kind'
		: goProgram({name: 'kind', goPackage: 'sigs.k8s.io/kind', module: MODULE, flags: '-s -w'}, context);
};
