import {remainder, type Remainder} from './remainder.ts';

export type Sample = {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
};
export type Metrics = {readonly samples: readonly Sample[]; readonly remainder: readonly Remainder[]};

const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/;
const SAMPLE = new RegExp(String.raw`^([a-zA-Z_:][\w:]*)(?:\{((?:${LABEL.source},?)*)\})? (\S+)(?: -?\d+)?$`);
const WORDS: ReadonlyMap<string, number> = new Map([
	['+Inf', Infinity],
	['-Inf', -Infinity],
	['NaN', NaN],
]);

const unescape = (text: string): string => text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));

/** The version that a component of Kubernetes says it is of: `v1.36.3`. */
export const buildVersion = ({samples}: Metrics): string | undefined =>
	samples.find(({name}) => name === 'kubernetes_build_info')?.labels['git_version'];

/** Reads Prometheus' text format (0.0.4), without types and help texts. Total: other lines are in `remainder`. */
export const parseMetrics = (text: string): Metrics => {
	const samples: Sample[] = [];
	const odd: Remainder[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		if (line.startsWith('#') || line.trim() === '') continue;
		const [, name, inside = '', , , last = ''] = SAMPLE.exec(line) ?? [];
		const value = WORDS.get(last) ?? (last === '' ? NaN : Number(last));
		if (name === undefined || (Number.isNaN(value) && last !== 'NaN')) odd.push(remainder(index + 1, line, 'not a sample'));
		else
			samples.push({
				name,
				labels: Object.fromEntries(
					[...inside.matchAll(new RegExp(LABEL, 'g'))].map(([, key = '', word = '']) => [key, unescape(word)]),
				),
				value,
			});
	}
	return {samples, remainder: odd};
};

/** The value of the first sample with this name and these labels; undefined where there is none. */
export const valueOf = ({samples}: Metrics, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
	samples.find(sample => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value))?.value;
