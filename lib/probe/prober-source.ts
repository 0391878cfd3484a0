import {readFileSync} from 'node:fs';
import {stripTypeScriptTypes} from 'node:module';

/** The function warns on each first use that it is experimental; that is for us to know, not for whoever reads the output. */
const withoutTypes = (source: string): string => {
	const {emitWarning} = process;
	process.emitWarning = () => undefined;
	try {
		return stripTypeScriptTypes(source);
	} finally {
		process.emitWarning = emitWarning;
	}
};

const OF_NODE = /^import [^;]* from 'node:[^']+';\n/gm;
const OF_OURS = /^import [^;]* from '\.\/([^']+)';\n/gm;

type Files = ReadonlyMap<string, string>;

/** A file and those that it imports, each after what it imports itself. */
const withImported = (file: string, before: Files = new Map()): Files => {
	if (before.has(file)) return before;
	const source = withoutTypes(readFileSync(new URL(`./prober/${file}`, import.meta.url), 'utf8'));
	const imported = [...source.matchAll(OF_OURS)].reduce((files, [, name = '']) => withImported(name, files), before);
	return new Map([...imported, [file, source]]);
};

/** The prober's files as one, without their types: plain JavaScript for any Node >= 20. */
export const proberSource = (): string => {
	const sources = [...withImported('main.ts').values()];
	const imports = new Set(sources.flatMap(source => source.match(OF_NODE) ?? []));
	const bodies = sources.map(source =>
		source
			.replace(OF_NODE, '')
			.replace(OF_OURS, '')
			.replace(/^export /gm, ''),
	);
	return [...imports, ...bodies].join('');
};
