import {digest} from '../cache.ts';
import type {Machine} from './machine.ts';

/**
 * A machine keeps its network card when it boots again; with another address its neighbours would talk to the old one for seconds. Locally
 * administered.
 */
export const hardwareAddress = (name: string): string =>
	`02:${digest(name)
		.slice(0, 10)
		.replaceAll(/..(?!$)/g, '$&:')}`;

/** Takes a port off the switch, and the link with it; one that is gone already is fine. */
export const unplug = async (central: Machine, port: string): Promise<void> => {
	await central.run(['ip', 'link', 'delete', port]).catch((error: Error) => {
		if (!/Cannot find device/.test(error.message)) throw error;
	});
};
