import type {Shell} from '../shell/shell.ts';
import {LOOK_NAMES, type LookName} from '../facts/argv.ts';
import {gatherNode} from './gather-node.ts';
import type {NodeTexts} from '../facts/node-texts.ts';

/** Why a fact is missing that nobody asked for. */
export const NOT_LOOKED_AT = 'not looked at';

/** A node of which nothing is known, and why. */
export const unseen = (why: string): NodeTexts =>
	Object.fromEntries(LOOK_NAMES.map(name => [name, {ok: false, why, source: name}] as const)) as unknown as NodeTexts;

/** Looks at some things of a node, as `gatherNode`; all others are missing facts, not looked at. */
export const look = async (shell: Shell, names: readonly LookName[], signal: AbortSignal): Promise<NodeTexts> => ({
	...unseen(NOT_LOOKED_AT),
	...(await gatherNode(shell, {names, signal})),
});
