import {holds, rangeOf} from '../ip.ts';
import {markOf as markUnder} from '../marks.ts';
import {isTracked, isTranslated, remembers, type Path} from '../path.ts';
import {byOption, holdsFor, markOf, unclear, type Condition, type Part, type Reader} from './condition.ts';

const markIs =
	(which: 'mark' | 'connectionMark') =>
	({values}: {readonly values: readonly string[]}): Condition | undefined => {
		const wanted = markOf(values[0]);
		if (!wanted) return undefined;
		return path => {
			const found = markUnder(path, which, wanted.mask);
			return typeof found === 'number' ? found === wanted.value : found;
		};
	};

export const mark: Reader = byOption({mark: markIs('mark')});
export const connmark: Reader = byOption({mark: markIs('connectionMark')});

/**
 * Of the first packet of a connection, or of its first answer; before connection tracking has seen it, it counts as INVALID
 * (net/netfilter/xt_conntrack.c).
 */
const statesOf = (path: Path): readonly string[] => {
	if (!isTracked(path)) return [path.tracking === 'untracked' ? 'UNTRACKED' : 'INVALID'];
	return [
		path.answers ? 'ESTABLISHED' : 'NEW',
		...(isTranslated(path) && !path.dealt ? ['DNAT'] : []),
		...(path.rewritten ? ['SNAT'] : []),
	];
};

const stateIs = ({values}: {readonly values: readonly string[]}): Condition => {
	const wanted = (values[0] ?? '').split(',');
	return path => statesOf(path).some(state => wanted.includes(state));
};

const tracked = (condition: Condition | undefined): Condition | undefined =>
	condition && ((path, walk) => (isTracked(path) ? condition(path, walk) : false));

export const conntrack: Reader = byOption({
	ctstate: stateIs,
	state: stateIs,
	ctdir: ({values}) => tracked(({answers}) => values[0] === (answers ? 'REPLY' : 'ORIGINAL')),
	ctproto: ({values: [name = '']}) =>
		tracked(({protocol}) => ({TCP: ['6', 'tcp'], UDP: ['17', 'udp'], SCTP: ['132', 'sctp']})[protocol].includes(name)),
	ctorigsrc({values}) {
		const range = rangeOf(values[0] ?? '');
		return range && tracked(({source, destination, answers}) => holds(range, answers ? destination : source));
	},
	ctorigdst({values}) {
		const range = rangeOf(values[0] ?? '');
		return range && tracked(({original}) => holds(range, original.destination));
	},
	ctorigdstport: ({values: [port = '']}) => (/^\d+$/.test(port) ? tracked(({original}) => original.port === Number(port)) : undefined),
});

/** A share of all packets; nth is one of every so many, so to a single one it is chance too. */
export const statistic: Reader = options => {
	const find = (name: string) => options.find(({option}) => option === name);
	const mode = find('mode')?.values[0];
	const by = find(mode === 'nth' ? 'every' : 'probability');
	const value = Number(by?.values[0]);
	const share = mode === 'nth' ? 1 / value : value;
	if (!by || (mode !== 'random' && mode !== 'nth') || !(share >= 0 && share <= 1)) return options.slice(0, 1).map(unclear);
	return [{chance: by.negated ? 1 - share : share}];
};

/** Lists of clients: a new one is in none. Source: net/netfilter/xt_recent.c. */
export const recent: Reader = options => {
	const find = (name: string) => options.find(({option}) => option === name);
	const [set, remove] = [find('set'), find('remove')];
	const ask = find('rcheck') ?? find('update') ?? remove;
	if (find('rttl') || find('rdest') || (!set && !ask)) return options.slice(0, 1).map(unclear);
	const list = `recent ${find('name')?.values[0] ?? 'DEFAULT'}`;
	if (set || !ask) return [{condition: () => !set?.negated, remembers: list}];
	const hits = Number(find('hitcount')?.values[0] ?? 1);
	const isIn: Condition = (path, walk) => hits <= 1 && remembers(walk, path, list);
	const part: Part = holdsFor(ask, isIn);
	if (ask.negated) return [part];
	return [remove ? {...part, forgets: list} : {...part, recognises: {list, seconds: Number(find('seconds')?.values[0] ?? Infinity)}}];
};
