import type {AddCommand, Terminal} from './command.ts';
import {contextFlag, kubeconfigFlag, kubeconfigOf} from './kubeconfig.ts';
import {removals} from './removals.ts';
import {UsageError, messageOf} from '../usage.ts';

type Asked = {
	readonly all?: boolean;
	readonly cache?: boolean;
	readonly context?: string;
	readonly kubeconfig?: string;
};

const cleanThere = async ({kubeconfig, context}: Pick<Asked, 'kubeconfig' | 'context'>, {say}: Terminal): Promise<void> => {
	const [{cleanContext}, {isBusy, listClusters}, {apiError}] = await Promise.all([
		import('../cluster/clean-context.ts'),
		import('../cluster/clusters.ts'),
		import('../kube-error.ts'),
	]);
	const clusters = await listClusters();
	const busy = await Promise.all(clusters.map(isBusy));
	const namespaces = await cleanContext(
		{kubeconfig: kubeconfigOf(kubeconfig), context},
		clusters.filter((_, index) => busy[index]),
	).catch((cause: unknown) => {
		throw new UsageError(apiError(cause)?.line ?? messageOf(cause), {cause});
	});
	for (const {name, run, left} of namespaces)
		say(left ? `namespace ${name} stays: run ${run} goes on` : `namespace ${name} of run ${run} is being deleted`);
	if (namespaces.length === 0) say('nothing to clean');
};

const addClean: AddCommand = (program, terminal) => {
	program
		.command('clean')
		.description('remove what killed runs left; never what a running process owns')
		.argument('[id...]', 'only these clusters')
		.option('--all', 'kept clusters too')
		.option('--cache', 'the cached parts too: the next cluster builds them again')
		.addOption(contextFlag())
		.addOption(kubeconfigFlag())
		.addHelpText('after', '\nWith --context or --kubeconfig: only what runs left in that cluster, from whichever machine they ran.')
		.action(async (ids: string[], {all = false, cache = false, ...cluster}: Asked) => {
			if (cluster.context !== undefined || cluster.kubeconfig !== undefined) {
				if (ids.length > 0 || all || cache)
					throw new UsageError('--context and --kubeconfig clean a cluster that is not ours: leave ids, --all and --cache out');
				await cleanThere(cluster, terminal);
				return;
			}
			const [{clean, cleanCache}, {loadProviders}, {cacheRoot, clustersRoot}] = await Promise.all([
				import('../cluster/clean.ts'),
				import('../cluster/providers.ts'),
				import('../paths.ts'),
			]);
			const {done, count, finish} = removals(terminal);
			await clean(await loadProviders(), {ids, all, root: clustersRoot(), signals: terminal.interrupts.count, done});
			const parts = cache ? await cleanCache(cacheRoot(), clustersRoot()) : [];
			for (const name of parts) terminal.say(`cached ${name} are gone`);
			if (count() + parts.length === 0) terminal.say('nothing to clean');
			finish();
		});
};

export default addClean;
