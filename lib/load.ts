import {readdirSync} from 'node:fs';
import {basename, join, relative} from 'node:path';
import {pathToFileURL} from 'node:url';
import {PROJECT} from './paths.ts';

/** A source that holds one part: its name, and where it lies. */
export type PartFile = {readonly name: string; readonly file: string};

/**
 * The parts that a folder holds, by name, none loaded: each source and each folder with an index.ts. Tests are none, nor is what `isPart`
 * refuses (the file that declares the type, helpers). So a new part is a new file, and is registered nowhere.
 */
export const partsIn = (folder: string, isPart: (name: string) => boolean = () => true): readonly PartFile[] =>
	readdirSync(folder, {withFileTypes: true})
		.flatMap((entry): readonly PartFile[] => {
			if (entry.isDirectory()) {
				const file = join(folder, entry.name, 'index.ts');
				return readdirSync(join(folder, entry.name)).includes('index.ts') ? [{name: entry.name, file}] : [];
			}
			return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')
				? [{name: basename(entry.name, '.ts'), file: join(folder, entry.name)}]
				: [];
		})
		.filter(({name}) => isPart(name))
		.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** A part as it was loaded. */
export type Loaded<T> = PartFile & {readonly part: T};

/** Loads parts by their default export. Throws TypeError, with the file, for one that is no `what`. */
export const loadParts = async <T>(
	files: readonly PartFile[],
	what: string,
	isOne: (value: unknown) => value is T,
): Promise<readonly Loaded<T>[]> =>
	Promise.all(
		files.map(async found => {
			const {default: part} = (await import(pathToFileURL(found.file).href)) as {default?: unknown};
			if (!isOne(part)) throw new TypeError(`${relative(PROJECT, found.file)} has no ${what} as its default export`);
			return {...found, part};
		}),
	);

/** Answers a test for objects that have these members, at least. */
export const hasMembers =
	<T>(...names: readonly (keyof T & string)[]) =>
	(value: unknown): value is T =>
		typeof value === 'object' && value !== null && names.every(name => name in value);
