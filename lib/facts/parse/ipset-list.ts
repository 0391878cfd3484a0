import {parseIpsetSave, type IpsetDump} from './ipset-save.ts';

/**
 * Reads the text of `ipset list`: the same as `ipset save` of these sets. Each line becomes the line of `ipset save` for it, in its place,
 * so that lines keep their numbers; what is said about a set's size is left out. Total: other lines are in `remainder`.
 */
export const parseIpsetList = (text: string): IpsetDump => {
	let name = '';
	let type = '';
	let isMember = false;
	const saved = text.split('\n').map(line => {
		const [, word = '', value = ''] =
			/^(Name|Type|Header|Revision|Size in memory|References|Number of entries|Members):\s*(.*)$/.exec(line) ?? [];
		if (word === 'Name') [name, isMember] = [value, false];
		else if (word === 'Type') type = value;
		else if (word === 'Header') return `create ${name} ${type} ${value}`;
		else if (word === 'Members') isMember = true;
		else if (word === '') return line.trim() === '' ? '' : isMember ? `add ${name} ${line}` : line;
		return '';
	});
	return parseIpsetSave(saved.join('\n'));
};
