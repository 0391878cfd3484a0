/**
 * Whether iptables-save printed a table that was changed meanwhile: iptables of nf_tables (seen with 1.8.9) then lists the table's chains
 * twice, and nobody can say which rules were read before the change and which after it. No table holds two chains of one name.
 */
export const isTorn = (text: string): boolean => {
	const chains = new Set<string>();
	for (const line of text.split('\n')) {
		if (line.startsWith('*')) chains.clear();
		if (!line.startsWith(':')) continue;
		const [name = ''] = line.split(' ');
		if (chains.has(name)) return true;
		chains.add(name);
	}
	return false;
};
