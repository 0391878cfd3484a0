import {UsageError} from '../usage.ts';
import type {AddCommand} from './command.ts';

const addCompare: AddCommand = (program, {say, exit}) => {
	program
		.command('compare')
		.description('say what has changed from one run to another: before and after an upgrade, or in one mode and in another')
		.argument('<before>', "the first run's directory")
		.argument('<after>', "the second run's directory")
		.option('--json', 'as JSON on standard output')
		.action(async (before: string, after: string, {json = false}: {json?: boolean}) => {
			const [{readRun}, {compareRuns}, {comparedText}] = await Promise.all([
				import('../run/read-run.ts'),
				import('../../reports/compare/compared.ts'),
				import('../../reports/compare/text.ts'),
			]);
			const [first, second] = [await readRun(before), await readRun(after)];
			const compared = compareRuns(first, second);
			if (compared.length === 0)
				throw new UsageError(
					`nothing can be compared: ${before} is of ${first.targets.map(({key}) => key).join(', ') || 'no target'}, ` +
						`${after} of ${second.targets.map(({key}) => key).join(', ') || 'no target'}`,
				);
			say(json ? JSON.stringify(compared, undefined, '\t') : comparedText(compared));
			exit(compared.some(({changes}) => changes.some(({kind}) => kind === 'worse')) ? 1 : 0);
		});
};

export default addCompare;
