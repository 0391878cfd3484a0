import type {IptablesMatch, IptablesOption, IptablesRule} from '../../../facts/parse/iptables-rule.ts';
import {ipvsOptions} from './ipvs-match.ts';

const NATIVE: ReadonlyArray<readonly [option: string, short: string]> = [
	['source', '-s'],
	['destination', '-d'],
	['in-interface', '-i'],
	['out-interface', '-o'],
	['fragment', '-f'],
	['protocol', '-p'],
];
const PROTOCOLS = ['tcp', 'udp', 'sctp'];
const PROBABILITY_UNIT = 2 ** 31;

/** A probability as the kernel keeps it (31 bits) and iptables-save prints it (xt_statistic). */
export const probability = (value: number): string => (Math.round(value * PROBABILITY_UNIT) / PROBABILITY_UNIT).toFixed(11);

const valuesOf = ({option, values}: IptablesOption): readonly string[] =>
	option === 'probability' ? values.map(value => probability(Number(value))) : values;

const optionText = (each: IptablesOption): string => [...(each.negated ? ['!'] : []), `--${each.option}`, ...valuesOf(each)].join(' ');
const isPort = ({module}: IptablesMatch): boolean => PROTOCOLS.includes(module);

const nativePieces = (matches: readonly IptablesMatch[]): readonly string[] => {
	const ports = matches.filter(match => isPort(match) && match.option !== '').map(match => optionText(match));
	return NATIVE.flatMap(([option, short]) =>
		matches
			.filter(match => match.module === '' && match.option === option)
			.map(({negated, values}) => [...(negated ? ['!'] : []), short, ...values, ...(option === 'protocol' ? ports : [])].join(' ')),
	);
};

const modulePieces = (matches: readonly IptablesMatch[]): readonly string[] => {
	const modules = Map.groupBy(
		matches.filter(match => match.instance > 0 && match.module !== 'comment' && !isPort(match)),
		({instance}) => instance,
	);
	return [...modules.values()]
		.map(same => {
			const [{module = ''} = {}] = same;
			const options = same.filter(({option}) => option !== '');
			return [`-m ${module}`, ...(module === 'ipvs' ? ipvsOptions(options) : options).map(match => optionText(match))].join(' ');
		})
		.sort();
};

/** A rule that only counts. */
export const NO_TARGET = '(no target)';

/**
 * A rule in pieces of a fixed order and spelling: addresses, interfaces, protocol with its port, other matches by name, target.
 * Comments and counters are left out; `-p tcp -m tcp --dport 80` is one piece.
 */
export const canonicalPieces = ({
	matches,
	target,
	goto,
	targetOptions,
}: Pick<IptablesRule, 'matches' | 'target' | 'goto' | 'targetOptions'>): readonly string[] => [
	...nativePieces(matches),
	...modulePieces(matches),
	target === undefined ? NO_TARGET : [goto ? '-g' : '-j', target, ...targetOptions.map(option => optionText(option))].join(' '),
];
