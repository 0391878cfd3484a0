import {link, mkdir} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {digest, once} from '../cache.ts';
import {kernelOf} from '../kernels/kernels.ts';
import {sideBySide} from '../settled.ts';
import {containerdTemplate} from './containerd.ts';
import {varDisk} from './disk.ts';
import {imageArchives} from './images.ts';
import type {OwnKernel} from './kernel.ts';
import {muslResolver, type MuslResolver} from './musl.ts';
import {nodeFileSystem} from './rootfs.ts';
import type {NodeKernel} from '../../../lib/target.ts';
import type {PartsContext, Source} from './source.ts';
import {toldTogether} from './told-together.ts';

/** All that machines are made of, on disk. */
export type Parts = {
	readonly layers: readonly string[];
	readonly containerd: string;
	readonly bin: string;
	readonly program: (name: string) => string;
	/** For nodes with a kernel of their own, with the image of their disk. */
	readonly kernel?: OwnKernel & {readonly commandLine: readonly string[]; readonly image: string};
	readonly muslResolver: MuslResolver;
};

/** The programs of a Node and of the control plane, as a layer over the node file system. */
const programLayer = async (programs: ReadonlyMap<string, string>, cache: string): Promise<string> => {
	const wanted = ['kubeadm', 'kubectl', 'kubelet', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
		name => [name, programs.get(name) as string] as const,
	);
	return once(join(cache, 'layers', digest(...wanted.map(([, path]) => basename(dirname(path))))), async unfinished => {
		await mkdir(join(unfinished, 'usr/bin'), {recursive: true});
		for (const [name, path] of wanted) await link(path, join(unfinished, 'usr/bin', name));
	});
};

/** Makes or finds every part. The first time this takes minutes; then it only looks. */
export const obtainParts = async (
	source: Source,
	kubernetes: string,
	nodeProgram: string,
	restrictOomScore: boolean,
	nodeKernel: NodeKernel,
	context: PartsContext,
): Promise<Parts> => {
	const {own} = kernelOf(nodeKernel);
	// One waits for the network and the disk, the other for the processor.
	const told = toldTogether(context.progress);
	const [rootfs, programs, kernel, musl] = await sideBySide(context.signal, [
		async signal => told(async progress => nodeFileSystem(nodeProgram, {...context, signal, progress})),
		async signal => told(async progress => source.programs(kubernetes, {...context, signal, progress})),
		async signal => own && told(async progress => own.obtain({...context, signal, progress})),
		async signal => told(async progress => muslResolver({...context, signal, progress})),
	]);
	const root = join(rootfs, 'root');
	const archives = await imageArchives(kubernetes, root, programs, context);
	const containerd = join(await containerdTemplate(root, archives, restrictOomScore, context), 'containerd');
	const layer = await programLayer(programs, context.cache);
	return {
		layers: [layer, root],
		containerd,
		bin: join(layer, 'usr/bin'),
		program: name => programs.get(name) as string,
		muslResolver: musl,
		...(own && kernel && {kernel: {...kernel, commandLine: own.commandLine, image: await varDisk(root, containerd, context)}}),
	};
};
