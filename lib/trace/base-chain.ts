import type {Path, Walk} from './path.ts';
import {walkChain, type ChainOf, type Ended} from './walk.ts';

export const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
export type Hook = (typeof HOOKS)[number];

/** A chain that the kernel itself sends packets to. */
export type BaseChain = {
	readonly hook: Hook;
	/** Chains of NAT see the first packet of a connection alone. */
	readonly isNat: boolean;
	readonly priority: number;
	/** Ends in anything but `return`. */
	readonly run: (path: Path, walk: Walk) => readonly Ended[];
};

/** A base chain of rules; its policy decides about what comes to its end. */
export const baseChain = ({name, where, policy, chainOf, ...base}: Omit<BaseChain, 'run'> & {readonly name: string; readonly where: string; readonly policy: 'accept' | 'drop'; readonly chainOf: ChainOf}): BaseChain => {
	const ofPolicy = {rule: {where, text: () => `policy ${policy}`}, before: undefined};
	return {
		...base,
		run: (path, walk) => walkChain(chainOf, name, path, walk).map(ended => ended.end === 'return' ? {path: ended.path, end: policy, by: ofPolicy} : ended),
	};
};

/** Stands for chains that are there but could not be read. */
export const unreadChain = (hook: Hook, why: string): BaseChain => ({hook, isNat: false, priority: -1000, run: path => [{path, end: 'unknown', why}]});
