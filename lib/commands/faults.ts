import {Option} from 'commander';
import type {Keep, TargetFlags} from '../run/options.ts';
import {UsageError} from '../usage.ts';
import type {AddCommand} from './command.ts';
import {filled, keepFlag, matchFlag, outFlag, reuseFlag, targetFlags} from './flags.ts';

type Flags = TargetFlags & {match?: string[]; fault?: string[]; keep?: Keep; reuse?: string; out?: string; undo?: string};

const addFaults: AddCommand = (program, {interrupts, say, err, exit}) => {
	targetFlags(program.command('faults').description('prove that the checks go red: put each fault in that a check names, see the check fail and name the node and the layer, take the fault out'))
		.addOption(matchFlag())
		.addOption(new Option('--fault <id>', 'only these faults, as M2; several with commas, or the flag again').argParser((text: string, before: readonly string[] = []) => [...before, ...filled('--fault')(text).split(/[\s,]+/).filter(Boolean)]))
		.addOption(keepFlag())
		.addOption(reuseFlag())
		.addOption(outFlag())
		.addOption(new Option('--undo <cluster>', 'only take out of this cluster what a killed run left in').argParser(filled('--undo')))
		.action(async (flags: Flags) => {
			if (flags.undo !== undefined) {
				const [{attach}, {undoAll}] = await Promise.all([import('../run/attach.ts'), import('../check/change/undo.ts')]);
				const cluster = await attach(flags.undo);
				const undone = await undoAll(cluster);
				say(undone.length === 0 ? `cluster ${cluster.id} has no fault in it` : `taken out of cluster ${cluster.id}: ${undone.join(', ')}`);
				return;
			}
			const [{runJob}, {faultsJob, faultWork}, {loadFaults, faultsOf}, {loadProviders}, {loadChecks}, {prepareCluster, tidyCluster}, {requireMatch}] = await Promise.all([
				import('../run/orchestrate.ts'), import('../run/fault-run.ts'), import('../faults/load.ts'), import('../run/providers.ts'), import('../run/checks.ts'), import('../run/prepare.ts'), import('../run/require-match.ts'),
			]);
			const {match = [], fault: only = [], keep = 'never'} = flags;
			const [faults, checks] = await Promise.all([loadFaults(), loadChecks()]);
			const unknown = only.filter(id => faultsOf(id, faults).length === 0);
			if (unknown.length > 0) throw new UsageError(`--fault ${unknown.join(',')}: there is no such fault; there are ${faults.map(({id}) => id).join(', ')}`);
			requireMatch(checks, match, flags);
			exit(await runJob({...flags, keep, strict: false, command: ['vipcheck', ...process.argv.slice(2)]}, {
				providers: loadProviders, work: {prepare: prepareCluster, tidy: tidyCluster}, interrupts, crashes: process, out: process.stdout, err,
			}, faultsJob(checks, faults, {match, only}, await faultWork())));
		});
};

export default addFaults;
