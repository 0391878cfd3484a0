import {localShell} from './local.ts';
import {nsenterShell} from './nsenter.ts';
import type {Access, Shell} from './shell.ts';

/** A shell for the machine that `access` leads to; `where` names it in results and errors. Opens nothing yet. */
export const openShell = (access: Access, where: string): Shell => {
	switch (access.kind) {
		case 'local': {
			return localShell(where);
		}

		case 'nsenter': {
			return nsenterShell(access.pidFile, where);
		}
	}
};
