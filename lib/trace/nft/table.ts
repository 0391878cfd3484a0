import type {NftElement, NftExpression, NftMapping, NftTable} from '../../facts/parse/nft-types.ts';
import {expressionText} from '../../model/rules/nftables/expression.ts';
import {remembers, type Path, type Walk} from '../path.ts';
import {containerOf, type Container} from './container.ts';
import {protocolsIn} from './value.ts';

/** Sets and maps of a table, prepared when they are asked for. */
export type Table = {
	readonly name: string;
	/** Elements of a set by name or of an anonymous one, for look-ups by a key. */
	readonly setFor: (name: string, key: NftExpression) => Container<true> | undefined;
	readonly mapFor: (map: NftMapping, key: NftExpression) => Container<NftExpression> | undefined;
	/** How long a set keeps what is put into it; undefined: for ever. */
	readonly secondsOf: (set: string) => number | undefined;
};

export const setOf = (elements: readonly NftElement[], key: NftExpression): Container<true> =>
	containerOf(
		elements.map(element => ({element, data: true as const})),
		protocolsIn(key),
	);

export const tableOf = ({family, name, sets, maps}: NftTable): Table => {
	const prepared = new Map<string, Container<true> | Container<NftExpression>>();
	const once = <T extends Container<true> | Container<NftExpression>>(what: string, key: NftExpression, make: () => T): T => {
		const id = `${what} ${protocolsIn(key).join(' ')}`;
		const known = prepared.get(id) ?? make();
		prepared.set(id, known);
		return known as T;
	};

	const mapOf = (entries: ReadonlyArray<{readonly key: NftElement; readonly value: NftExpression}>, key: NftExpression) =>
		containerOf(
			entries.map(({key: element, value}) => ({element, data: value})),
			protocolsIn(key),
		);
	return {
		name: `${family} ${name}`,
		setFor(set, key) {
			const known = sets.get(set);
			return known && once(`set ${set}`, key, () => setOf(known.elements, key));
		},
		mapFor(map, key) {
			if (map.kind === 'entries') return mapOf(map.entries, key);
			const known = map.kind === 'named' ? maps.get(map.name) : undefined;
			return known && once(`map ${known.name}`, key, () => mapOf(known.entries, key));
		},
		secondsOf: set => sets.get(set)?.timeoutSeconds,
	};
};

/** The list that a set is of what rules put into it: it is asked for the same thing again. */
export const listOf = (table: Table, set: string, key: NftExpression): string => `${table.name} @${set} ${expressionText(key)}`;

/** Whether a rule put the client into a set, now or when it came before. */
export const isRemembered = (table: Table, set: string, key: NftExpression, path: Path, walk: Walk): boolean =>
	remembers(walk, path, listOf(table, set, key));
