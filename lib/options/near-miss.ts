/** Number of inserted, deleted, changed and swapped letters between two words (Damerau-Levenshtein, restricted). */
const distance = (a: string, b: string): number => {
	const rows: number[][] = [Array.from({length: b.length + 1}, (_, column) => column)];
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1];
			const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			row.push(
				Math.min(
					(rows[i - 1]?.[j] ?? 0) + 1,
					(row[j - 1] ?? 0) + 1,
					(rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1),
					swapped ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : Infinity,
				),
			);
		}
		rows.push(row);
	}
	return rows[a.length]?.[b.length] ?? Infinity;
};

/** The word that was probably meant; undefined where none is near. */
export const closest = (text: string, words: readonly string[]): string | undefined => {
	const lower = text.toLowerCase();
	const [best] = words
		.map(word => ({word, far: word.startsWith(lower) && lower.length > 1 ? 0 : distance(lower, word)}))
		.filter(({word, far}) => far <= Math.max(1, Math.floor(word.length / 3)))
		.toSorted((a, b) => a.far - b.far);
	return best?.word;
};
