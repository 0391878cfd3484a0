import {readFile} from 'node:fs/promises';
import {RESOLVER_TIMEOUT_MS} from '../limits.ts';
import type {Resolved, Vantage} from '../probe/vantage.ts';
import {TransportError} from '../shell/shell.ts';
import type {Testbed} from './testbed.ts';

/** Runs there: puts a program down, in a directory of its own, and answers where. */
const putDown = async (program: string): Promise<string> => {
	const [{mkdtemp, writeFile}, {tmpdir}] = await Promise.all([import('node:fs/promises'), import('node:os')]);
	const file = `${await mkdtemp(`${tmpdir()}/vipcheck-musl-`)}/resolve`;
	await writeFile(file, Buffer.from(program, 'base64'), {mode: 0o755});
	return file;
};

type Question = {
	readonly file: string;
	readonly family: string;
	readonly name: string;
	readonly timeoutMs: number;
};

/** Runs there: what the program prints, and how long it took. */
const asked = async ({file, family, name, timeoutMs}: Question): Promise<{readonly text: string; readonly ms: number}> => {
	const {execFile} = await import('node:child_process');
	const began = performance.now();
	return new Promise((resolve, reject) => {
		execFile(file, [family, name], {timeout: timeoutMs}, (error, stdout) => {
			if (error) reject(error);
			else resolve({text: stdout, ms: Math.round(performance.now() - began)});
		});
	});
};

/** What clusters/embedded/parts/resolve.c says: `address …` lines, or `code …`. */
export const readResolved = ({text, ms}: {readonly text: string; readonly ms: number}): Resolved => {
	const [, code] = /^code (.+)$/m.exec(text) ?? [];
	return code === undefined ? {addresses: [...text.matchAll(/^address (\S+)$/gm)].map(([, ip]) => ip as string), ms} : {code, ms};
};

/** The same place with musl's resolver instead of its own, by the same resolv.conf. Needs `musl-resolver`. */
export const withMusl = async ({cluster: {muslResolver}}: Pick<Testbed, 'cluster'>, place: Vantage): Promise<Vantage> => {
	if (!muslResolver || 'why' in muslResolver) throw new TransportError("this cluster has no program that asks musl's resolver");
	const file = await place.evaluate(putDown, (await readFile(muslResolver.path)).toString('base64'));
	return {
		...place,
		name: `${place.name} by musl`,
		async resolve(name, family) {
			const question = {file, family: family === 'ipv6' ? '6' : '4', name, timeoutMs: RESOLVER_TIMEOUT_MS};
			return readResolved(await place.evaluate(asked, question, {timeoutMs: RESOLVER_TIMEOUT_MS}));
		},
	};
};
