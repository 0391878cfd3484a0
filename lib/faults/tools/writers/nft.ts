import {elementRemoval, parseChains, parseElements, rewriting} from '../nft-table.ts';
import {FaultError} from '../fault.ts';
import {readNftables} from '../look-at.ts';
import type {Edit} from '../edit.ts';
import type {Both, Place, Writer} from './writer.ts';

const CHAIN = /^ip6? kube-proxy chain (.+)$/;
const STORE = /^ip6? kube-proxy (?:map|set) (.+)$/;

/**
 * A chain is written anew, with the rules that are added before all others, without those that are taken, and with others in the place of
 * those that change. Its declaration on a hook is a part of the graph but no rule.
 */
const chainWriting = (where: string, edits: readonly Edit[], text: string, {node, graph}: Place): Both => {
	const chain = parseChains(text).find(({name}) => name === CHAIN.exec(where)?.[1]);
	const parts = graph.get(where)?.parts ?? [];
	if (!chain) throw new FaultError(`${where} is not on ${node.name}`);
	const hooks = parts.length - chain.rules.length;
	const edited = new Map(
		edits.flatMap(edit => (edit.kind === 'add' || !edit.part ? [] : [[parts.indexOf(edit.part) - hooks, edit] as const])),
	);
	const added = edits.flatMap(edit => (edit.kind === 'add' ? [edit.text] : []));
	if (edited.size + added.length < edits.length) throw new FaultError(`${where} on ${node.name}: it cannot be taken away as a whole`);
	return rewriting(node.name, chain, [
		...added,
		...chain.rules.flatMap((rule, index) => {
			const edit = edited.get(index);
			return edit ? (edit.kind === 'change' ? [edit.to] : []) : [rule];
		}),
	]);
};

const elementWriting = (edits: readonly Edit[], text: string, {node}: Place): Both => {
	const elements = parseElements(text);
	return elementRemoval(
		node.name,
		edits.map(edit => {
			const key = edit.kind === 'take' ? edit.part?.pieces[0] : undefined;
			const element = elements.find(({set, key: own}) => set === STORE.exec(edit.where)?.[1] && own === key);
			if (!element) throw new FaultError(`${edit.where} on ${node.name}: only an element of it can be taken away`);
			return element;
		}),
	);
};

/** Takes elements away, and rewrites chains. */
export const nftWriter: Writer = {
	of: /^ip6? kube-proxy /,
	async write(edits, place) {
		const text = await readNftables(place.node, place.family);
		const chains = Map.groupBy(
			edits.filter(({where}) => CHAIN.test(where)),
			({where}) => where,
		);
		const elements = edits.filter(({where}) => STORE.test(where));
		const all = [
			...[...chains].map(([where, own]) => chainWriting(where, own, text, place)),
			...(elements.length > 0 ? [elementWriting(elements, text, place)] : []),
		];
		return {inject: all.flatMap(({inject}) => inject), undo: all.flatMap(({undo}) => undo)};
	},
};
