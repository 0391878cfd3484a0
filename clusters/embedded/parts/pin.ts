/**
 * usage: node clusters/embedded/parts/pin.ts 1.36.3     fetches the checksums that the Kubernetes release publishes and writes them into
 * pins.json
 */
import {RELEASE_HOSTS, RELEASE_PROGRAMS} from '../parts.ts';
import {sideBySide} from '../settled.ts';
import {fetchSmall} from './body.ts';
import {FETCH_LIMITS, SUM_BYTES, type FetchLimits} from './limits.ts';
import {ARCHITECTURES, PINS_FILE, isSum, programUrl, readPins, writePins} from './pins.ts';

export type PinOptions = {
	readonly host: string;
	readonly file: string;
	readonly limits: FetchLimits;
	readonly signal: AbortSignal;
};

/**
 * Pins one version, for all architectures and programs or not at all; answers how many sums. Throws TransferError, and an error with the
 * URL for what is no sum.
 */
export const pinVersion = async (version: string, {host, file, limits, signal}: PinOptions): Promise<number> => {
	const sumAt = async (url: string, own: AbortSignal): Promise<string> => {
		const text = (await fetchSmall(url, SUM_BYTES, {signal: own, limits})).toString().trim();
		// A bare sum, or a line of sha256sum.
		const [sum] = text.split(/\s/);
		if (!isSum(sum)) throw new Error(`${url} holds no sha256 sum but ${JSON.stringify(text.slice(0, 80))}`);
		return sum;
	};
	const sums = await sideBySide(
		signal,
		ARCHITECTURES.flatMap(architecture =>
			RELEASE_PROGRAMS.map(program => async (own: AbortSignal) => ({
				architecture,
				program,
				sum: await sumAt(`${programUrl(host, version, architecture, program)}.sha256`, own),
			})),
		),
	);
	const pins = Object.fromEntries(
		ARCHITECTURES.map(name => [
			name,
			Object.fromEntries(sums.filter(({architecture}) => architecture === name).map(({program, sum}) => [program, sum])),
		]),
	);
	await writePins(file, {...(await readPins(file)), [version]: pins});
	return sums.length;
};

const main = async ([version, ...others]: readonly string[]): Promise<void> => {
	if (version === undefined || others.length > 0 || !/^\d+\.\d+\.\d+$/.test(version)) {
		console.error('usage: node clusters/embedded/parts/pin.ts <version, as 1.36.3>');
		process.exitCode = 2;
		return;
	}
	try {
		const count = await pinVersion(version, {
			host: RELEASE_HOSTS.programs,
			file: PINS_FILE,
			limits: FETCH_LIMITS,
			signal: new AbortController().signal,
		});
		console.log(`${count} checksums of Kubernetes ${version} are in ${PINS_FILE}`);
	} catch (error) {
		console.error(`Kubernetes ${version} is not pinned: ${(error as Error).message}`);
		process.exitCode = 1;
	}
};

if (import.meta.main) await main(process.argv.slice(2));
