import type {NftChain, NftElement, NftExpression, NftMap, NftRuleset, NftSet, NftTable} from '../../../facts/parse/nft-types.ts';
import type {IpFamily} from '../../../target.ts';
import type {Container, Graph, Part, Role} from '../graph.ts';
import {container, graphOf, part} from '../part.ts';
import {hook, mapHeader, roleOf, setHeader, storeOf, whereOf} from './containers.ts';
import {expressionText, protocolName} from './expression.ts';
import {aboutName, isPortName, tableOf} from './names.ts';
import {piecesOf} from './statement.ts';

const ruleRole = (chain: string, pieces: readonly string[]): Role => {
	const target = pieces.at(-1) ?? '';
	if (/^meta mark set|^jump mark-for-masquerade$/.test(target)) return 'masquerade';
	if (pieces.some(piece => piece.includes('@affinity-'))) return 'affinity';
	return /^(?:dnat|numgen)/.test(target) ? 'endpoint' : roleOf(chain);
};

const chainFrom = ({name, base, rules}: NftChain, family: IpFamily): Container => {
	const about = aboutName(name);
	const parts: readonly Part[] = [
		...(base ? [hook(base.type, base.hook, base.priority, base.policy)] : []),
		...rules.map(({statements}) => piecesOf(statements)).map(pieces => part(pieces, {role: ruleRole(name, pieces), about})),
	];
	// kube-proxy empties a chain that it needs no more, and deletes it at a later change, as maps may still hold it for a moment.
	const isLeftover = isPortName(name) && parts.length === 0;
	return container({
		where: whereOf(family, 'chain', name),
		kind: 'chain',
		ordered: true,
		role: roleOf(name),
		about,
		parts,
		...(isLeftover && {leftover: true}),
	});
};

const keyText = (value: NftExpression, type: readonly string[]): string =>
	(value.kind === 'concat' ? value.parts : [value])
		.map((each, index) => (type[index] === 'inet_proto' ? protocolName(expressionText(each)) : expressionText(each)))
		.join(' . ');

/** kube-proxy of 1.37 cuts comments at this length (knftables.CommentLengthMax); nft takes no longer ones. */
const LONGEST_COMMENT_BYTES = 128;

/** The port that an element's comment names; of one that may be cut there is only a beginning, and that is shown. */
const aboutComment = (comment: string): string => (comment.length < LONGEST_COMMENT_BYTES ? comment : `${comment}…`);

const elementFrom = (store: NftSet | NftMap, {value, comment}: NftElement, verdict?: NftExpression): Part => {
	const target = verdict ? expressionText(verdict) : '';
	return part([keyText(value, store.type), verdict ? `: ${target}` : ''], {
		role: roleOf(store.name),
		about: comment === undefined ? aboutName(target.replace(/^goto /, '')) : aboutComment(comment),
	});
};

const setFrom = (set: NftSet, family: IpFamily): Container =>
	storeOf(family, 'set', set.name, {
		header: setHeader(set.type.join(' . '), set.timeoutSeconds),
		// Clients come and go in a set with a timeout.
		elements: set.timeoutSeconds === undefined ? set.elements.map(element => elementFrom(set, element)) : [],
		about: aboutName(set.name),
	});

const mapFrom = (map: NftMap, family: IpFamily): Container =>
	storeOf(family, 'map', map.name, {
		header: mapHeader(map.type.join(' . '), map.data.join(' . ')),
		elements: map.entries.map(({key, value}) => elementFrom(map, key, value)),
		about: aboutName(map.name),
	});

const containersOf = ({chains, sets, maps}: NftTable, family: IpFamily): readonly Container[] => [
	...[...chains.values()].map(chain => chainFrom(chain, family)),
	...[...sets.values()].map(set => setFrom(set, family)),
	...[...maps.values()].map(map => mapFrom(map, family)),
];

/** All that is in kube-proxy's table of one family. What the ruleset's parser did not understand is in no graph, or as JSON in its rule. */
export const actualNftables = ({tables}: NftRuleset, family: IpFamily): Graph => {
	const table = tables.get(tableOf(family));
	return graphOf(table ? containersOf(table, family) : []);
};
