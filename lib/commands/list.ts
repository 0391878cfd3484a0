import {UsageError} from '../usage.ts';
import type {AddCommand} from './command.ts';
import {table} from './table.ts';

const addList: AddCommand = (program, {say}) => {
	program.command('list').description('show the checks with what each proves, or the clusters that exist')
		.option('--clusters', 'clusters: id, mode, Kubernetes version, age, whose it is, directory')
		.option('--paths', 'with --clusters: directories only')
		.action(async ({clusters = false, paths = false}: {clusters?: boolean; paths?: boolean}) => {
			if (paths && !clusters) throw new UsageError('--paths goes with --clusters');
			if (clusters) {
				const [{listClusters}, {duration}] = await Promise.all([import('../run/clusters.ts'), import('../../reports/text/duration.ts')]);
				const found = await listClusters();
				if (paths) {
					if (found.length > 0) say(found.map(({dir}) => dir).join('\n'));
					return;
				}
				say(found.length === 0 ? 'no cluster exists' : table(found.map(({id, ref, since, owner, alive, dir}) => [
					id, ref?.target.mode ?? '-', ref?.target.version ?? '-', duration(Date.now() - since), owner?.kept ? 'kept' : alive ? `process ${owner?.pid}` : 'left over', dir,
				])));
				return;
			}
			const {loadChecks} = await import('../run/checks.ts');
			say(table((await loadChecks()).map(({id, check}) => [id, check.title])));
		});
};

export default addList;
