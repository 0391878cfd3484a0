import {Option} from 'commander';
import type {ImageFor} from '../../clusters/node-image/build.ts';
import type {Engine} from '../access.ts';
import type {AddCommand} from './command.ts';
import {filled} from '../options/values.ts';

const ENGINES: readonly Engine[] = ['docker', 'podman', 'nerdctl'];
const PROVIDERS: readonly ImageFor[] = ['kind', 'k3d'];

const addNodeImage: AddCommand = (program, {interrupts, say, err, exit}) => {
	program
		.command('node-image')
		.description("build a node image for kind or k3d from the embedded cluster's parts, where there is Docker but no registry")
		.addOption(new Option('--k8s <version>', 'Kubernetes version (default: the newest that there is)').argParser(filled('--k8s')))
		.addOption(
			new Option('--for <provider>', 'kind; or k3d: upstream Kubernetes that stands in for k3s').choices(PROVIDERS).default('kind'),
		)
		.addOption(new Option('--engine <name>', 'which container engine gets it').choices(ENGINES).default('docker'))
		.option(
			'--prepare',
			"only get and build all that it is made of, and the provider's CLI: needs no engine, and what follows no network",
		)
		.action(async ({k8s, for: of, engine, prepare}: Flags) => {
			const [{nodeImage, prepareNodeImage}, {cacheRoot}] = await Promise.all([
				import('../../clusters/node-image/build.ts'),
				import('../paths.ts'),
			]);
			const controller = new AbortController();
			interrupts.guard(signal => controller.abort(new Error(`interrupted by ${signal}`)));
			const startedAt = performance.now();
			const context = {
				cache: cacheRoot(),
				signal: controller.signal,
				progress: (text: string) => err(`${((performance.now() - startedAt) / 1000).toFixed(0)} s  ${text}`),
			};
			const options = {of, ...(k8s !== undefined && {k8s})};
			const making = prepare
				? prepareNodeImage(options, context)
				: nodeImage(options, engine, context).then(({name, use}) => `${use}\n\n${name}`);
			const made = await making.catch((error: unknown) => {
				if (interrupts.first() === undefined) throw error;
				return undefined;
			});
			if (made === undefined) {
				exit(130);
				return;
			}
			say(made);
		});
};

type Flags = {
	readonly k8s?: string;
	readonly for: ImageFor;
	readonly engine: Engine;
	readonly prepare?: true;
};

export default addNodeImage;
