import type {Family, Mode, PartsOrigin} from '../target.ts';

export const KEEPS = ['failed', 'always', 'never'] as const;
export type Keep = (typeof KEEPS)[number];

/** What a command line says of the cluster; left out: the default, or what the cluster of --reuse is. */
export type TargetFlags = {readonly mode?: Mode; readonly provider?: string; readonly k8s?: string; readonly family?: Family; readonly workers?: number; readonly parts?: PartsOrigin | 'auto'};

/** What every run on a target wants to know. */
export type RunOptions = TargetFlags & {
	readonly keep: Keep;
	readonly reuse?: string;
	readonly strict: boolean;
	readonly out?: string;
	/** The command line, for the report. */
	readonly command: readonly string[];
};

export type TestOptions = RunOptions & {
	/** Patterns; none: all checks. */
	readonly match: readonly string[];
	readonly repeat: number;
};

export const DEFAULT_TARGET = {mode: 'iptables', provider: 'auto', family: 'ipv4', workers: 3, parts: 'auto'} as const satisfies TargetFlags;
