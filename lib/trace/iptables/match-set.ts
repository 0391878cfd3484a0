import type {Ipset, IpsetDump, IpsetEntry} from '../../facts/parse/ipset-save.ts';
import {holds, rangeOf, type IpRange} from '../ip.ts';
import type {Path, Walk} from '../path.ts';
import {all, any, type Truth} from '../truth.ts';
import {holdsFor, unclear, type Reader} from './condition.ts';

type Side = 'src' | 'dst';
type Field = (path: Path, side: Side) => Truth;

const addressIn =
	(range: IpRange): Field =>
	(path, side) =>
		holds(range, side === 'src' ? path.source : path.destination);

/** `tcp:80`, or `80` of a bitmap, which holds for every protocol. */
const portIs = (text: string): Field | undefined => {
	const [, protocol, port] = /^(?:([a-z\d]+):)?(\d+)$/.exec(text) ?? [];
	if (port === undefined) return undefined;
	return (path, side) => {
		if (protocol !== undefined && protocol !== path.protocol.toLowerCase()) return false;
		if (side !== 'src') return path.port === Number(port);
		return path.answers ? path.answers.sourcePort === Number(port) : {unclear: 'the source port is not known'};
	};
};

const deviceIs =
	(name: string): Field =>
	(path, side) => {
		const device = side === 'src' ? path.in : path.out;
		return device === undefined ? {unclear: 'the interface is not known'} : device === name;
	};

/** One dimension of an entry, by the word that the set's type has for it. */
const fieldOf = (kind: string, text: string): Field | undefined => {
	if (kind === 'ip' || kind === 'net') {
		const range = rangeOf(text);
		return range && addressIn(range);
	}

	if (kind === 'port') return portIs(text);
	return kind === 'iface' && !text.includes('physdev:') ? deviceIs(text) : undefined;
};

const prefixOf = ({parts}: IpsetEntry): number => Math.max(...parts.map(part => Number(/\/(\d+)$/.exec(part)?.[1] ?? 128)));

type Entry = {readonly fields: readonly (Field | undefined)[]; readonly except: boolean};

/** The most exact of a set's entries come first: an exception (`nomatch`) within a network goes before the network. */
const entriesOf = ({type, entries}: Ipset): readonly Entry[] => {
	const kinds = (type.split(':')[1] ?? '').split(',');
	const read = entries.map(entry => ({
		entry,
		fields: kinds.map((kind, at) => fieldOf(kind, entry.parts[at] ?? '')),
		except: 'nomatch' in entry.options,
	}));
	return read.some(({except}) => except) ? read.toSorted((a, b) => prefixOf(b.entry) - prefixOf(a.entry)) : read;
};

const isIn = (dump: IpsetDump, name: string, sides: readonly string[], depth = 0): ((path: Path, walk: Walk) => Truth) | undefined => {
	const set = dump.sets.get(name);
	if (!set || depth > 8) return undefined;
	if (set.type === 'list:set') {
		const members = set.entries.map(({value}) => isIn(dump, value, sides, depth + 1));
		return (path, walk) => any(members.map(member => (member ? member(path, walk) : {unclear: `a set in ${name} is not known`})));
	}

	const entries = entriesOf(set);
	return path => {
		let doubt: Truth = false;
		for (const {fields, except} of entries) {
			const truth = all(
				fields.map((field, at) =>
					field
						? field(path, sides[at] === 'src' ? 'src' : 'dst')
						: {unclear: `an entry of the set ${name} (${set.type}) is not understood`},
				),
			);
			if (truth === true) return doubt === false ? !except : doubt;
			if (truth !== false) doubt = truth;
		}

		return doubt;
	};
};

/** Membership in an ipset: `--match-set NAME src,dst`. */
export const set: Reader = (options, dump) => {
	const match = options.find(({option}) => option === 'match-set');
	if (!match) return options.slice(0, 1).map(unclear);
	const [name = '', sides = ''] = match.values;
	const others = options.filter(({option}) => option !== 'match-set' && option !== 'return-nomatch');
	const known = dump && isIn(dump, name, sides.split(','));
	return [
		known ? holdsFor(match, known) : {condition: () => ({unclear: `what the ipset ${name} holds is not known`})},
		...others.map(unclear),
	];
};
