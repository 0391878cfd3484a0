import {joinedAgain} from './forks.ts';
import type {Path, Walk} from './path.ts';
import type {Ended} from './step.ts';
import {walkChain, type ChainOf} from './walk.ts';

export const HOOKS = ['ingress', 'prerouting', 'input', 'forward', 'output', 'postrouting', 'egress'] as const;
export type Hook = (typeof HOOKS)[number];

/** A chain that the kernel itself sends packets to. */
export type BaseChain = {
	readonly hook: Hook;
	/** Chains of NAT see the first packet of a connection alone. */
	readonly isNat: boolean;
	readonly priority: number;
	/** Of ingress and egress: interfaces where it stands. */
	readonly devices?: readonly string[];
	/** It only stands for what could not be read. */
	readonly isUnread?: boolean;
	/** Whose chain it is; chains of one table stand in the order of their text. */
	readonly table: string;
	/** Ends in anything but `return`. */
	readonly run: (path: Path, walk: Walk) => readonly Ended[];
};

/** A base chain of rules; its policy decides about what comes to its end. */
export const baseChain = ({
	name,
	where,
	policy,
	chainOf,
	...base
}: Omit<BaseChain, 'run' | 'table'> & {
	readonly name: string;
	readonly where: string;
	readonly policy: 'accept' | 'drop';
	readonly chainOf: ChainOf;
}): BaseChain => {
	const ofPolicy = {rule: {where, text: () => `policy ${policy}`, isPolicy: true as const}, before: undefined};
	return {
		...base,
		table: where.slice(0, where.lastIndexOf(' ')),
		run: (path, walk) =>
			joinedAgain(
				walkChain(chainOf, name, path, walk).map(ended =>
					ended.end === 'return' ? {path: ended.path, end: policy, by: ofPolicy} : ended,
				),
				path.forks.length,
			),
	};
};

/** Stands for chains that are there but could not be read. */
export const unreadChain = (hook: Hook, why: string): BaseChain => ({
	hook,
	isNat: false,
	isUnread: true,
	table: '',
	priority: -1000,
	run: path => [{path, end: 'unknown', why}],
});
