/** Lines with their cells in columns, two spaces apart. */
export const table = (rows: readonly (readonly string[])[]): string => {
	const widths: number[] = [];
	for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
	return rows
		.map(row => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  '))
		.join('\n');
};
