import {readFile, rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {RELEASE_PROGRAMS} from '../parts.ts';

/** Kubernetes version → architecture → program → sha256 in hex, as the release publishes it. */
export type Pins = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

export const PINS_FILE = join(import.meta.dirname, 'pins.json');

/** Architectures as Go and the release call them. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;

/** That of this machine, by Node's name for it. */
export const architectureOf = (arch: string): string => (arch === 'x64' ? 'amd64' : arch);

/** Where a program of the release is; its sum is beside it, with `.sha256` after the name. */
export const programUrl = (host: string, version: string, architecture: string, program: string): string =>
	`${host}/release/v${version}/bin/linux/${architecture}/${program}`;

/** Is this a sha256 in hex? */
export const isSum = (text: string | undefined): text is string => text !== undefined && /^[0-9a-f]{64}$/.test(text);

/** Program → sum of all programs; undefined where one has none. */
export const sumsOf = (pins: Pins, version: string, architecture: string): ReadonlyMap<string, string> | undefined => {
	const sums = RELEASE_PROGRAMS.map(program => [program, pins[version]?.[architecture]?.[program]] as const);
	return sums.every((entry): entry is readonly [string, string] => isSum(entry[1])) ? new Map(sums) : undefined;
};

export const readPins = async (file: string): Promise<Pins> => {
	const text = await readFile(file, 'utf8');
	try {
		return JSON.parse(text) as Pins;
	} catch (cause) {
		throw new Error(`the checksums in ${file} cannot be read: ${(cause as Error).message}`, {cause});
	}
};

const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
	Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => a.localeCompare(b, 'en', {numeric: true})));

/** Replaces the file as a whole; versions, architectures and programs in order. */
export const writePins = async (file: string, pins: Pins): Promise<void> => {
	const all = Object.fromEntries(
		Object.entries(sorted(pins)).map(([version, architectures]) => [
			version,
			Object.fromEntries(Object.entries(sorted(architectures)).map(([name, sums]) => [name, sorted(sums)])),
		]),
	);
	await writeFile(`${file}.new`, `${JSON.stringify(all, undefined, '\t')}\n`);
	await rename(`${file}.new`, file);
};
