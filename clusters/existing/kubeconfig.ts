import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {parse, stringify} from 'yaml';
import {UsageError, messageOf} from '../../lib/usage.ts';

/** The file that kubectl would take. */
export const kubeconfigFile = (asked: string | undefined, env: Readonly<Record<string, string | undefined>> = process.env): string =>
	resolve(asked ?? (env['KUBECONFIG'] || join(homedir(), '.kube', 'config')));

type Named = Readonly<Record<string, unknown>>;

type Config = {
	'current-context'?: string;
	contexts?: {name?: string; context?: {user?: string}}[];
	clusters?: Named[];
	users?: {name?: string; user?: Named}[];
};

const FILES = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/**
 * A copy of a kubeconfig whose context is the one that was asked for and whose files are named from the root.
 * Throws UsageError that names the contexts there are.
 */
export const kubeconfigFor = async (file: string, context: string | undefined): Promise<string> => {
	const text = await readFile(file, 'utf8').catch((cause: unknown) => {
		throw new UsageError(`the kubeconfig ${file} cannot be read: ${messageOf(cause)}`, {cause});
	});
	const config = (parse(text) ?? {}) as Config;
	const names = (config.contexts ?? []).map(({name}) => name ?? '');
	if (context !== undefined && !names.includes(context))
		throw new UsageError(`--context ${context}: ${file} has no such context; it has ${names.join(', ') || 'none'}`);
	const absolute = (entry: Named): Named =>
		Object.fromEntries(
			Object.entries(entry).map(([key, value]) => {
				if (typeof value === 'string' && FILES.includes(key)) return [key, resolve(dirname(file), value)];
				return [key, typeof value === 'object' && value !== null && !Array.isArray(value) ? absolute(value as Named) : value];
			}),
		);
	return stringify({
		...config,
		clusters: (config.clusters ?? []).map(absolute),
		users: (config.users ?? []).map(absolute),
		...(context !== undefined && {'current-context': context}),
	});
};

/**
 * Why the account's certificate lets nobody in any more: an API server only says "Unauthorized" to it. Undefined: it has none, or one that
 * holds. `text`: as `kubeconfigFor` answers it.
 */
export const expiredCertificate = async (text: string, now = Date.now()): Promise<string | undefined> => {
	const config = parse(text) as Config;
	const name = config.contexts?.find(one => one.name === config['current-context'])?.context?.user;
	const user = config.users?.find(one => one.name === name)?.user;
	const [data, file] = [user?.['client-certificate-data'], user?.['client-certificate']];
	if (typeof data !== 'string' && typeof file !== 'string') return undefined;
	const pem = typeof data === 'string' ? Buffer.from(data, 'base64') : await readFile(file as string);
	const {validTo} = new X509Certificate(pem);
	return Date.parse(validTo) < now ? `the certificate of user ${name} expired on ${new Date(validTo).toISOString()}` : undefined;
};
