import {readFileSync} from 'node:fs';
import {availableParallelism, loadavg} from 'node:os';
import {stretch} from './timer.ts';

/** What keeps this machine from running us: what others of its host take of its processors, and all, in ticks (proc(5), /proc/stat). */
export type Ticks = {readonly stolen: number; readonly all: number};

/** Columns of its first line; guests' time is in that of users already. */
const STOLEN = 7;
const COUNTED = 8;

/** `stat`: text of /proc/stat. */
export const ticksOf = (stat: string): Ticks => {
	const ticks = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').map(Number).slice(0, COUNTED);
	return {stolen: ticks[STOLEN] ?? 0, all: ticks.reduce((sum, one) => sum + one, 0)};
};

const ticks = (): Ticks => {
	try {
		return ticksOf(readFileSync('/proc/stat', 'utf8'));
	} catch {
		return {stolen: 0, all: 0};
	}
};

/** Between two looks at the clock. */
const INTERVAL_MS = 250;
/** What is less is nothing that a time limit of ours would notice. */
const STILL_MS = 1_000;
const STOLEN_SHARE = 0.1;

/** `stillMs`: the longest that nothing of ours ran; `stolen`: what others took of the processors, 0 to 1; `busy`: as `stretch`. */
type Watched = Readonly<Record<'stillMs' | 'stolen' | 'busy', number>>;

/** What may have broken time limits meanwhile; undefined: nothing did. */
export const machineText = (
	{stillMs, stolen, busy}: Watched,
	load: number = loadavg()[0] ?? 0,
	processors: number = availableParallelism(),
): string | undefined => {
	const texts = [
		...(stillMs >= STILL_MS ? [`stood still for ${(stillMs / 1000).toFixed(1)} s`] : []),
		...(stolen >= STOLEN_SHARE ? [`lost ${Math.round(stolen * 100)} % of its processors to others of its host`] : []),
		...(busy > 1 ? [`had ${Math.round(load)} tasks for ${processors} processors`] : []),
	];
	return texts.length === 0
		? undefined
		: `the machine of this run ${texts.join(', ')} meanwhile: what came too late may have been its doing`;
};

/**
 * Watches the machine that we run on from now on. Answers what ends the watching and tells what may have broken time limits; undefined:
 * nothing did. Time that this process has worked itself is not taken for a stand-still.
 */
export const watchMachine = (): (() => string | undefined) => {
	const before = ticks();
	let stillMs = 0;
	let last = performance.now();
	let used = process.cpuUsage();
	const look = (): void => {
		const now = performance.now();
		const {user, system} = process.cpuUsage(used);
		stillMs = Math.max(stillMs, now - last - INTERVAL_MS - (user + system) / 1000);
		last = now;
		used = process.cpuUsage();
	};
	const interval = setInterval(look, INTERVAL_MS).unref();
	return () => {
		clearInterval(interval);
		look();
		const after = ticks();
		const all = after.all - before.all;
		return machineText({stillMs, stolen: all > 0 ? (after.stolen - before.stolen) / all : 0, busy: stretch()});
	};
};
