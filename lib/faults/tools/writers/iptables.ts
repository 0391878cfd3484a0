import {parseIptablesSave} from '../../../facts/parse/iptables-save.ts';
import {FaultError} from '../fault.ts';
import {removal} from '../iptables-removal.ts';
import {readIptables} from '../look-at.ts';
import type {Edit} from '../edit.ts';
import type {Both, Place, Writer} from './writer.ts';

/** What a rule becomes at the head of its chain, and what takes it out again. */
const addition = ({where, text}: Extract<Edit, {kind: 'add'}>, {node, family}: Place): Both => {
	const [table = '', chain = ''] = where.split(' ');
	const program = family === 'ipv6' ? 'ip6tables' : 'iptables';
	const rule = text.split(' ');
	return {
		inject: [{kind: 'run', node: node.name, argv: [program, '-w', '-t', table, '-I', chain, ...rule]}],
		// It goes with its chain, and may have been taken out before.
		undo: [
			{
				kind: 'run',
				node: node.name,
				argv: ['sh', '-c', '"$@" 2>/dev/null || true', 'sh', program, '-w', '-t', table, '-D', chain, ...rule],
			},
		],
	};
};

/**
 * Takes rules away, and puts new ones (without quotes or spaces within words) before all others. The parts of a chain of kube-proxy are its
 * rules, one by one.
 */
export const iptablesWriter: Writer = {
	of: /^(?:nat|filter|mangle) KUBE-/,
	async write(all, place) {
		const {node, family, graph} = place;
		const added = all.flatMap(edit => (edit.kind === 'add' ? [addition(edit, place)] : []));
		const edits = all.filter(({kind}) => kind !== 'add');
		const {tables} = parseIptablesSave(await readIptables(node, family), family);
		const rules = edits.map(edit => {
			const [table = '', chain = ''] = edit.where.split(' ');
			const index = edit.kind === 'take' && edit.part ? graph.get(edit.where)?.parts.indexOf(edit.part) : undefined;
			const rule = tables.get(table)?.chains.get(chain)?.rules[index ?? -1];
			if (!rule) throw new FaultError(`${edit.where} on ${node.name}: only a rule of it can be taken away`);
			return rule;
		});
		const both = [...added, ...(rules.length > 0 ? [removal(node.name, family, rules)] : [])];
		return {inject: both.flatMap(({inject}) => inject), undo: both.flatMap(({undo}) => undo)};
	},
};
