const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const pad = (n: number): string => `${n}`.padStart(2, '0');

/** A duration for people: `15 ms`, `3.4 s`, `4 min 12 s`, `5 min`, `1 h 04 min`. */
export const duration = (ms: number): string => {
	if (ms < 99.5) return `${Math.round(ms)} ms`;
	if (ms < MINUTE_MS - 50) return `${(ms / SECOND_MS).toFixed(1)} s`;
	const seconds = Math.round(ms / SECOND_MS);
	if (seconds * SECOND_MS < HOUR_MS) return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${pad(seconds % 60)} s`}`;
	const minutes = Math.round(ms / MINUTE_MS);
	return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
};

/** A running clock: `0:07`, `12:40`, `1:02:03`. */
export const clock = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
	const hours = Math.floor(seconds / 3_600);
	const minutes = Math.floor(seconds / 60) % 60;
	return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
};

/** A figure with at most four digits that count. */
export const figure = (value: number): string => (Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(4))}`);
