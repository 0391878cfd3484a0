/** Lets so many hold a seat at once; the others wait in turn. */
export const seats = (count: number): (() => Promise<() => void>) => {
	let free = count;
	const waiting: (() => void)[] = [];
	return async () => {
		if (free > 0) free--;
		else await new Promise<void>(resolve => waiting.push(resolve));
		let held = true;
		return () => {
			if (!held) return;
			held = false;
			const next = waiting.shift();
			if (next) next();
			else free++;
		};
	};
};
