import {LOOK_NAMES, lookOf} from '../facts/argv.ts';
import {gatherNode} from '../gather/gather-node.ts';
import {unseen} from '../gather/look.ts';
import type {Shell} from '../shell/shell.ts';
import {TransportError} from '../shell/shell.ts';
import {messageOf} from '../usage.ts';
import type {NodeEvidence} from './facts.ts';

/** A node, and a way to run the looks of lib/facts/argv.ts on it. */
export type NodeWay = {
	readonly name: string;
	readonly way: string;
	readonly shell: Pick<Shell, 'where' | 'run'>;
};

const ALLOWED: ReadonlySet<string> = new Set(
	LOOK_NAMES.flatMap(name => {
		const {argv, guard} = lookOf(name);
		return [argv, ...(guard ? [guard.argv] : [])].map(each => JSON.stringify(each));
	}),
);

/**
 * The same shell, which runs nothing but what is on the one list of read-only commands, without input: enforced below every caller. Throws
 * Error for all else.
 */
export const readOnly = (shell: Pick<Shell, 'where' | 'run'>): Shell => ({
	where: shell.where,
	async run(argv, options = {}) {
		if (!ALLOWED.has(JSON.stringify(argv)) || options.stdin !== undefined || options.env !== undefined)
			throw new Error(`a look at ${shell.where} does not run \`${argv.join(' ')}\``);
		return shell.run(argv, options);
	},
	converse: () => {
		throw new Error(`a look at ${shell.where} keeps no program`);
	},
});

/** Nodes that are looked at side by side: each costs it a few commands. */
const AT_ONCE = 5;

/** Looks at nodes, changing nothing. One that cannot be looked at is a node of which nothing is known, and why. */
export const gatherEvidence = async (ways: readonly NodeWay[], signal: AbortSignal): Promise<Readonly<Record<string, NodeEvidence>>> => {
	const found: [string, NodeEvidence][] = [];
	const waiting = [...ways];
	const lane = async (): Promise<void> => {
		for (let next = waiting.shift(); next; next = waiting.shift()) {
			const {name, way, shell} = next;
			try {
				found.push([name, {way, texts: await gatherNode(readOnly(shell), {signal})}]);
			} catch (error) {
				if (!(error instanceof TransportError)) throw error;
				found.push([name, {way, texts: unseen(messageOf(error))}]);
			}
		}
	};
	await Promise.all(Array.from({length: AT_ONCE}, lane));
	return Object.fromEntries(found.toSorted(([a], [b]) => a.localeCompare(b, 'en', {numeric: true})));
};
