import {Option} from 'commander';
import type {AddCommand} from './command.ts';
import {evidenceFlags, snapshotFor, type Origin} from './diagnosing.ts';
import {filled} from '../options/values.ts';

type Flags = Origin & {
	from: string;
	to: string;
	json?: boolean;
};

const addTrace: AddCommand = (program, {interrupts, say, exit}) => {
	evidenceFlags(
		program
			.command('trace')
			.description('say what the rules of a node do to one packet, with the rules quoted, and what the API asks for'),
	)
		.addOption(
			new Option('--from <client>', 'NAMESPACE/POD, node:NAME, or ADDRESS@NODE for what comes to a node from outside')
				.argParser(filled('--from'))
				.makeOptionMandatory(),
		)
		.addOption(
			new Option('--to <goal>', 'NAMESPACE/SERVICE[:PORT], or ADDRESS:PORT[/udp]').argParser(filled('--to')).makeOptionMandatory(),
		)
		.option('--json', 'as JSON on standard output')
		.action(async (flags: Flags) => {
			const [{TRACE_FACTS, traceOf}, {traceText}] = await Promise.all([
				import('../diagnose/trace-packet.ts'),
				import('../../reports/diagnose/trace.ts'),
			]);
			const snapshot = await snapshotFor(flags, TRACE_FACTS, interrupts.signal);
			const traced = traceOf(snapshot, flags);
			say(flags.json ? JSON.stringify(traced, undefined, 2) : traceText(traced));
			exit(traced.agrees ? 0 : 1);
		});
};

export default addTrace;
