import type {AddCommand} from './command.ts';
import {removals} from './removals.ts';

const addClean: AddCommand = (program, terminal) => {
	program.command('clean').description('remove what killed runs left; never what a running process owns')
		.argument('[id...]', 'only these clusters')
		.option('--all', 'kept clusters too')
		.option('--cache', 'the cached parts too: the next cluster builds them again')
		.action(async (ids: string[], {all = false, cache = false}: {all?: boolean; cache?: boolean}) => {
			const [{clean, cleanCache}, {loadProviders}, {cacheRoot, clustersRoot}] = await Promise.all([import('../run/clean.ts'), import('../run/providers.ts'), import('../paths.ts')]);
			const {done, count, finish} = removals(terminal);
			await clean(await loadProviders(), {ids, all, root: clustersRoot(), signals: terminal.interrupts.count, done});
			const parts = cache ? await cleanCache(cacheRoot(), clustersRoot()) : [];
			for (const name of parts) terminal.say(`cached ${name} are gone`);
			if (count() + parts.length === 0) terminal.say('nothing to clean');
			finish();
		});
};

export default addClean;
