import type {Dial} from './vantage.ts';

export type Tally = {
	/** Answers by backend, by name. */
	readonly backends: ReadonlyMap<string, number>;
	readonly answered: number;
	/** Dials without an answer. */
	readonly lost: number;
	/** Connections that stood only after a second or more: their first SYN, or the answer to it, was lost and sent again. */
	readonly resent: number;
};

/** The kernel sends a SYN again after a second, then after two more (TCP_TIMEOUT_INIT of include/net/tcp.h). */
const RESENT_MS = 1000;

/** Whether a connection was sent twice at the least. */
const isResent = ({connectMs = 0}: Dial): boolean => connectMs >= RESENT_MS;

/** Who answered how often. */
export const tally = (dials: readonly Dial[]): Tally => {
	const counts = new Map<string, number>();
	for (const dial of dials) {
		if (dial.outcome === 'answered') {
			counts.set(dial.backend, (counts.get(dial.backend) ?? 0) + 1);
		}
	}

	const backends = new Map([...counts].toSorted(([a], [b]) => a.localeCompare(b, 'en', {numeric: true})));
	const answered = dials.filter(dial => dial.outcome === 'answered').length;
	return {backends, answered, lost: dials.length - answered, resent: dials.filter(dial => isResent(dial)).length};
};

/** `a 201, b 199`; of many backends only how many they are and their range. */
export const describeCounts = (counts: ReadonlyMap<string, number>): string => {
	const numbers = [...counts.values()];
	return counts.size > 8
		? `${counts.size} backends, ${Math.min(...numbers)} to ${Math.max(...numbers)} each`
		: [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
};
