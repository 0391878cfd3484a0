import {Option} from 'commander';
import {MODES, type Mode} from '../target.ts';
import type {AddCommand} from './command.ts';
import {evidenceFlags, snapshotFor, type Origin} from './diagnosing.ts';

type Flags = Origin & {
	to: Mode;
	from?: Mode;
	json?: boolean;
};

const addMigrate: AddCommand = (program, {interrupts, say, exit}) => {
	evidenceFlags(
		program
			.command('migrate')
			.description(
				"say for every Service what a change of kube-proxy's mode will do to it, which nodes can run it, and what " +
					'upstream has announced; reads only',
			),
	)
		.addOption(new Option('--to <mode>', 'the mode to come').choices(MODES).makeOptionMandatory())
		.addOption(new Option('--from <mode>', "the mode of today (default: as kube-proxy's ConfigMap says)").choices(MODES))
		.option('--json', 'as JSON on standard output')
		.action(async (flags: Flags) => {
			const [{MIGRATION_FACTS, migrationOf}, {migrationText}] = await Promise.all([
				import('../diagnose/migrate/migration.ts'),
				import('../../reports/diagnose/migration.ts'),
			]);
			const snapshot = await snapshotFor(flags, MIGRATION_FACTS, interrupts.signal);
			const migration = migrationOf(snapshot, flags.to, flags.from);
			say(flags.json ? JSON.stringify(migration, undefined, 2) : migrationText(migration));
			exit(migration.changes.some(({breaks}) => breaks) || migration.nodes.some(({verdict}) => verdict === 'not ready') ? 1 : 0);
		});
};

export default addMigrate;
