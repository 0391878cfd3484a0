import {UsageError} from '../usage.ts';
import type {AddCommand} from './command.ts';
import {table} from './table.ts';

type Flags = {
	readonly clusters?: boolean;
	readonly paths?: boolean;
	readonly json?: boolean;
};

const addList: AddCommand = (program, {say}) => {
	program
		.command('list')
		.description('show the checks with what each proves, or the clusters that exist')
		.option('--clusters', 'clusters: id, mode, Kubernetes version, age, whose it is, directory')
		.option('--paths', 'with --clusters: directories only')
		.option('--json', 'all that is said of each check, as JSON')
		.action(async ({clusters = false, paths = false, json = false}: Flags) => {
			if (paths && !clusters) throw new UsageError('--paths goes with --clusters');
			if (json && clusters) throw new UsageError('--json tells of checks, not of --clusters');
			if (clusters) {
				const [{listClusters}, {duration}] = await Promise.all([
					import('../cluster/clusters.ts'),
					import('../../reports/text/duration.ts'),
				]);
				const found = await listClusters();
				if (paths) {
					if (found.length > 0) say(found.map(({dir}) => dir).join('\n'));
					return;
				}
				say(
					found.length === 0
						? 'no cluster exists'
						: table(
								found.map(({id, ref, since, owner, alive, dir}) => [
									id,
									ref?.target.mode ?? '-',
									ref?.target.version ?? '-',
									duration(Date.now() - since),
									owner?.kept ? 'kept' : alive ? `process ${owner?.pid}` : 'left over',
									dir,
								]),
							),
				);
				return;
			}
			const [{loadChecks}, {catalogue}] = await Promise.all([import('../run/checks.ts'), import('../run/catalogue.ts')]);
			const all = catalogue(await loadChecks());
			say(json ? JSON.stringify(all, undefined, '\t') : table(all.map(({id, statement}) => [id, statement])));
		});
};

export default addList;
