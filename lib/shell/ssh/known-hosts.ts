import {createHash, createHmac} from 'node:crypto';

/** A line of OpenSSH's known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): which hosts, which kind of key, the key. */
export type KnownKey = {
	readonly type: string;
	readonly key: Buffer;
	readonly revoked: boolean;
};

/** As ssh-keygen shows a key: `SHA256:` and its hash. */
export const fingerprintOf = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

const named = (pattern: string, name: string): boolean => {
	const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(pattern) ?? [];
	if (salt !== undefined) return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
	const glob = pattern
		.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${glob}$`, 'i').test(name);
};

/** The keys that a known_hosts file has for a host. Certificates' authorities are passed over: ssh2 takes no certificates. */
export const keysFor = (knownHosts: string, host: string, port: number): readonly KnownKey[] => {
	const name = port === 22 ? host : `[${host}]:${port}`;
	return knownHosts.split('\n').flatMap(line => {
		const words = line.trim().split(/\s+/);
		if (words[0] === '' || words[0]?.startsWith('#')) return [];
		const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
		const [hosts = '', type = '', key = ''] = words;
		if (key === '' || marker === '@cert-authority') return [];
		const patterns = hosts.split(',');
		const negated = patterns.some(pattern => pattern.startsWith('!') && named(pattern.slice(1), name));
		if (negated || !patterns.some(pattern => named(pattern, name))) return [];
		return [{type, key: Buffer.from(key, 'base64'), revoked: marker === '@revoked'}];
	});
};
