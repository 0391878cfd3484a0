import {Command, CommanderError} from 'commander';
import addClean from './commands/clean.ts';
import addCompare from './commands/compare.ts';
import addDiagnose from './commands/diagnose.ts';
import addDoctor from './commands/doctor.ts';
import addDown from './commands/down.ts';
import addFaults from './commands/faults.ts';
import addList from './commands/list.ts';
import addMigrate from './commands/migrate.ts';
import addNodeImage from './commands/node-image.ts';
import addReport from './commands/report.ts';
import addTest from './commands/test.ts';
import addTrace from './commands/trace.ts';
import addUp from './commands/up.ts';
import {oneLineOf} from './commands/usage-line.ts';
import {watchInterrupts} from './interrupts.ts';
import {takenByNpm} from './options/options.ts';
import {UsageError, causesOf} from './usage.ts';
import type {AddCommand, Terminal} from './commands/command.ts';

const COMMANDS: readonly AddCommand[] = [
	addTest,
	addUp,
	addDown,
	addList,
	addReport,
	addCompare,
	addFaults,
	addDiagnose,
	addTrace,
	addMigrate,
	addDoctor,
	addClean,
	addNodeImage,
];

const EXAMPLES = `
Examples:
  vipcheck --mode iptables                       a cluster, all checks, the reports (npm test -- --mode iptables)
  vipcheck test --mode nftables --match 'dns/*'  some checks, another mode
  vipcheck up --workers 2                        a cluster to work with
  vipcheck test --reuse k3f9a                    the checks on that cluster
  vipcheck faults --reuse k3f9a                  proves that the checks go red, by a fault for each
  vipcheck down k3f9a                            its end
  vipcheck diagnose --kubeconfig ~/.kube/config  what is wrong with the Services of any cluster; changes nothing
  vipcheck compare runs/k3f9a runs/latest        what has changed between two runs
  vipcheck doctor                                what this machine can run, and why not
  vipcheck clean                                 removes what a killed run left

Exit code: 0 passed, 1 failed, 2 not observed or wrong usage, 130 interrupted.`;

/** npm keeps flags without the \`--\` for itself; the run would be another one than was asked for. */
const lostFlags = (): string | undefined => {
	if (process.env['npm_lifecycle_event'] !== 'test') return undefined;
	const lost = takenByNpm(process.env);
	return lost.length === 0 ? undefined : `npm took ${lost.join(', ')} for itself: write npm test -- ${lost[0]} …`;
};

const main = async (argv: readonly string[]): Promise<number> => {
	let code = 0;
	const write =
		(stream: NodeJS.WriteStream) =>
		(text: string): void => {
			stream.write(`${stream.isTTY ? '\r\u001B[2K' : ''}${text}\n`);
		};
	const terminal: Terminal = {
		interrupts: watchInterrupts(process, status => process.exit(status)),
		say: write(process.stdout),
		err: write(process.stderr),
		exit(status) {
			code = status;
		},
	};
	const program = new Command('vipcheck')
		.description('Checks every way a Kubernetes Service is reached, on a real cluster.')
		.helpCommand(false)
		.showSuggestionAfterError()
		.exitOverride()
		.configureOutput({outputError: () => undefined})
		.addHelpText('after', EXAMPLES);
	for (const add of COMMANDS) add(program, terminal);
	try {
		const lost = lostFlags();
		if (lost !== undefined) throw new UsageError(lost);
		await program.parseAsync(argv, {from: 'user'});
		return code;
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) return 0;
		if (process.env['VIPCHECK_DEBUG'] === '1' && error instanceof Error) terminal.err(error.stack ?? error.message);
		else if (error instanceof CommanderError) terminal.err(oneLineOf(error, argv, program));
		else terminal.err(error instanceof UsageError ? error.message : causesOf(error).join(': '));
		return 2;
	}
};

// Whoever reads our output may stop reading (`| head`), or close the terminal; the run still comes to its end.
for (const stream of [process.stdout, process.stderr])
	stream.on('error', (error: NodeJS.ErrnoException) => {
		if (!['EPIPE', 'EIO'].includes(error.code ?? '')) throw error;
	});

const code = await main(process.argv.slice(2));
// Not left to the event loop: idle connections would keep the process for seconds.
process.stdout.write('', () => process.exit(code));
