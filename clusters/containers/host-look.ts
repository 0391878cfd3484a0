import go from '../embedded/parts/go.ts';
import type {Shell} from '../../lib/shell/shell.ts';
import {hostHasIpvs} from './engine.ts';

/** What a preflight looks at besides what programs say. */
export type HostLook = {
	readonly shell: Shell;
	readonly env: Readonly<Record<string, string | undefined>>;
	hasIpvs(): Promise<boolean>;
	/** What is missing to build a Go program. */
	goMissing(): Promise<readonly string[]>;
};

export const hostLook = (shell: Shell): HostLook => ({
	shell,
	env: process.env,
	hasIpvs: hostHasIpvs,
	goMissing: async () => go.missing('', ''),
});
