import {containedShell} from '../../lib/shell/contained.ts';
import {localShell} from '../../lib/shell/transports/local.ts';
import {succeed, type SucceedOptions} from '../../lib/shell/succeed.ts';

export type HostOptions = SucceedOptions & {
	/** For long work: whatever ends this process, SIGKILL included, ends the program and all that it started. Needs root. */
	readonly contained?: boolean;
};

const [plain, contained] = [localShell('this host'), containedShell('this host')];

/** Runs a program of this host that must leave with 0, and answers its standard output. Throws as `succeed`. */
export const onHost = async (argv: readonly string[], {contained: isContained = false, ...options}: HostOptions = {}): Promise<string> =>
	succeed(isContained ? contained : plain, argv, options);
