import {access} from 'node:fs/promises';
import type {Engine} from '../../lib/access.ts';
import {succeed} from '../../lib/shell/succeed.ts';
import type {Shell} from '../../lib/shell/shell.ts';
import {findEngine} from './engine.ts';

const lines = (text: string): readonly string[] => [...new Set(text.split('\n').filter(Boolean))];

/**
 * The engine that has what is left of a cluster. Undefined: there is none, and nothing was begun. Throws where one was, which the file
 * `begun` of the cluster's directory tells, and the engine does not answer now.
 */
export const engineOf = async (host: Shell, asked: string | undefined, begun?: string): Promise<Engine | undefined> => {
	const state = await findEngine(host, asked);
	if (state.ok) return state.engine;
	const wasBegun =
		begun !== undefined &&
		(await access(begun).then(
			() => true,
			() => false,
		));
	if (wasBegun) throw new Error('the container engine that runs this cluster does not answer: start it, then try again');
	return undefined;
};

/** The ids of all containers with one of these labels (`name=value`), running or not. */
export const labelled = async (host: Shell, engine: Engine, labels: readonly string[]): Promise<readonly string[]> => {
	const lists = await Promise.all(
		labels.map(async label => succeed(host, [engine, 'ps', '--all', '--quiet', '--filter', `label=${label}`])),
	);
	return lines(lists.join('\n'));
};

/** Removes all containers with one of these labels, and their volumes. */
export const removeLabelled = async (host: Shell, engine: Engine, labels: readonly string[]): Promise<void> => {
	const containers = await labelled(host, engine, labels);
	if (containers.length > 0) await succeed(host, [engine, 'rm', '--force', '--volumes', ...containers]);
};

/** The values that a label has on all containers that bear it. */
export const valuesOf = async (host: Shell, engine: Engine, label: string): Promise<readonly string[]> =>
	lines(await succeed(host, [engine, 'ps', '--all', '--filter', `label=${label}`, '--format', `{{.Label "${label}"}}`]));
