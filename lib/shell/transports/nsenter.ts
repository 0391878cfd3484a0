import {readFileSync, readlinkSync} from 'node:fs';
import {startConversation} from '../conversation.ts';
import {couldNotEnter} from '../enter.ts';
import {runProgram, type Program} from '../program.ts';
import {brief} from '../quote.ts';
import {TransportError, type Shell} from '../shell.ts';
import {unshared} from '../transport.ts';

/** The machine's own, not that of whoever runs vipcheck: what a service manager gives. C, because messages of tools are read. */
const environment = {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C'};

/** Into some namespaces of a process; what is entered ends with its parent. */
const into = (pid: string, namespaces: readonly string[], argv: readonly string[]): readonly string[] => [
	'setpriv',
	'--pdeathsig',
	'KILL',
	'nsenter',
	'--target',
	pid,
	...namespaces.map(name => `--${name}`),
	'--',
	...argv,
];

/**
 * Two steps. nsenter forks after it has entered a pid namespace, and the fork survives a SIGKILL of its parent; so the fork
 * asks the kernel (pdeathsig) to die with its parent, and the parent with us. The rest is entered after that, because setpriv
 * is a program of this machine and need not exist in the other. A mount namespace brings its own root: no --root.
 */
const enter = (pid: string, argv: readonly string[]): readonly string[] =>
	into(pid, ['pid'], into(pid, ['mount', 'uts', 'ipc', 'net', 'cgroup'], argv));

/** Reads the pid anew (it changes when the machine reboots) and makes sure that it is still a process of another machine. */
const machinePid = (pidFile: string, where: string): string => {
	let pid = '';
	try {
		pid = readFileSync(pidFile, 'utf8').trim();
		if (!/^[1-9]\d*$/.test(pid)) {
			throw new Error(`it holds ${JSON.stringify(pid.slice(0, 40))}, not a pid`);
		}

		if (readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net')) {
			throw new Error(
				`process ${pid} is in our own network namespace: the machine is gone and its pid has been given to another process`,
			);
		}

		return pid;
	} catch (error) {
		throw new TransportError(
			`${where}: cannot enter the machine of ${pidFile}${pid && ` (pid ${pid})`}: ` +
				`${error instanceof Error ? error.message : String(error)}`,
			{cause: error},
		);
	}
};

/** A shell on the machine (a set of namespaces) whose first process has its pid in `pidFile`. Needs root and util-linux. */
export const nsenterShell = (pidFile: string, where: string): Shell => {
	const program = (argv: readonly string[]): Program => ({
		where,
		argv,
		command: enter(machinePid(pidFile, where), argv),
		env: environment,
	});
	return {
		where,
		async run(argv, options) {
			const result = await runProgram(program(argv), options);
			const why = couldNotEnter(result);
			if (why !== undefined) {
				throw new TransportError(`${where}: \`${brief(argv)}\` was not run: ${why}`, {cause: result});
			}

			return result;
		},
		converse: (argv, options) => startConversation(program(argv), options),
	};
};

export default unshared<'nsenter'>(({pidFile}, where) => nsenterShell(pidFile, where));
