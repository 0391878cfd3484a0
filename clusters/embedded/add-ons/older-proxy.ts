import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {cacheRoot} from '../../../lib/paths.ts';
import type {Support} from '../../../lib/target.ts';
import type {PutIn} from '../../provider.ts';
import {openMachine} from '../machine/open.ts';
import {sourceOf} from '../parts/choose.ts';
import {kubeProxyImage} from '../parts/images.ts';
import {olderProxyParts, versionBefore} from '../parts/older-proxy.ts';
import type {Source} from '../parts/source.ts';
import {settled} from '../settled.ts';
import {importImages} from './import-images.ts';

/** Whether a cluster of this version, of parts from this source, can be given the kube-proxy of the minor before. */
export const olderProxySupport = async (version: string, source: Source, cache: string): Promise<Support> => {
	const older = versionBefore(version);
	if (older === undefined) return {ok: false, why: `${version} is the oldest version that clusters are made of`};
	const missing = await source.missing(older, cache);
	return missing.length === 0 ? {ok: true, how: 'put in when a check asks for it'} : {ok: false, why: missing.join(', ')};
};

/** The image of the older kube-proxy is on every node when this returns; nothing runs it yet. */
export const putInOlderProxy: PutIn = async ({dir, id, nodes, target}, {step, progress, signal}) => {
	const older = versionBefore(target.version);
	if (older === undefined) throw new Error(`there is no version before ${target.version}`);
	const options = {signal, log: join(dir, 'logs', 'older-proxy.log')};
	const machines = await Promise.all(nodes.map(async ({name}) => openMachine({cluster: dir, id}, name)));
	const there = await settled(machines.map(async node => node.run(['ctr', '-n', 'k8s.io', 'images', 'ls', '-q'], options)));
	const without = machines.filter((_, index) => !there[index]?.split('\n').includes(kubeProxyImage(older)));
	if (without.length === 0) return;
	const archive = await step(`kube-proxy ${older}: parts`, async () => {
		const cache = cacheRoot();
		return olderProxyParts(await sourceOf(target.parts, older, cache), older, process.execPath, {cache, progress, ...options});
	});
	await step(`kube-proxy ${older}`, async () => {
		const image = await readFile(archive);
		await settled(without.map(async node => importImages(node, [image], options)));
	});
};
