import type {TargetFlags, Keep} from '../run/options.ts';
import type {AddCommand} from './command.ts';
import {runFlags} from './flags.ts';

type Flags = TargetFlags & {match?: string[]; keep?: Keep; reuse?: string; repeat?: number; strict?: boolean; out?: string};

const addTest: AddCommand = (program, {interrupts, err, exit}) => {
	runFlags(program.command('test', {isDefault: true}).description('make a cluster, check it, write the reports, take the cluster down'))
		.action(async (flags: Flags) => {
			const [{runTests}, {loadProviders}, {loadChecks}, {prepareCluster, tidyCluster}, {runSuites}] = await Promise.all([
				import('../run/orchestrate.ts'), import('../run/providers.ts'), import('../run/checks.ts'), import('../run/prepare.ts'), import('../run/runner.ts'),
			]);
			const {match = [], keep = 'never', repeat = 1, strict = false} = flags;
			exit(await runTests({...flags, match, keep, repeat, strict, command: ['vipcheck', ...process.argv.slice(2)]}, {
				providers: loadProviders, checks: loadChecks, work: {prepare: prepareCluster, tidy: tidyCluster, runSuites}, interrupts, crashes: process, out: process.stdout, err,
			}));
		});
};

export default addTest;
