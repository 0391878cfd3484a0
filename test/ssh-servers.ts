import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stringify} from 'yaml';
import {openShells} from '../lib/shell/shells.ts';
import {succeed} from '../lib/shell/succeed.ts';
import type {Shell} from '../lib/shell/shell.ts';
import type {ClusterRef} from '../lib/target.ts';

/** A machine with a server: how it is reached, and its fingerprint. */
export type Served = {
	readonly host: string;
	readonly fingerprints: readonly [string];
	readonly shell: Shell;
};

export type SshServers = {
	/** Reached from this host; the others by it. */
	readonly bastion: Served;
	readonly nodes: ReadonlyMap<string, Served>;
	readonly outside: Served;
	/** File of the private key that all of them take. */
	readonly key: string;
	close(): Promise<void>;
};

const FOLDER = '/run/vipcheck-sshd';
const SERVER = `set -e
mkdir -p ${FOLDER} /run/sshd
[ -e ${FOLDER}/host ] || ssh-keygen -q -t ed25519 -N '' -f ${FOLDER}/host
cat > ${FOLDER}/authorized
chmod 700 ${FOLDER}; chmod 600 ${FOLDER}/authorized
printf '%s\\n' 'HostKey ${FOLDER}/host' 'AuthorizedKeysFile ${FOLDER}/authorized' 'PidFile ${FOLDER}/pid' \\
	'PasswordAuthentication no' 'UsePAM no' 'PermitRootLogin prohibit-password' 'StrictModes no' > ${FOLDER}/config
[ -e ${FOLDER}/pid ] && kill -0 "$(cat ${FOLDER}/pid)" 2>/dev/null || /usr/sbin/sshd -f ${FOLDER}/config
ssh-keygen -lf ${FOLDER}/host.pub`;

/**
 * Starts OpenSSH's server on every machine of an embedded cluster. The API machine, which this host reaches, is the bastion. `dir` gets the
 * keys.
 */
export const startSshServers = async (cluster: ClusterRef, dir: string): Promise<SshServers> => {
	const shells = await openShells(cluster);
	const api = shells.at({kind: 'nsenter', pidFile: join(cluster.dir, 'machines/api/pid')}, 'api');
	const key = join(dir, 'key');
	await succeed(api, ['sh', '-c', `mkdir -p ${FOLDER}; rm -f ${FOLDER}/user*; ssh-keygen -q -t ed25519 -N '' -f ${FOLDER}/user`]);
	await writeFile(key, await succeed(api, ['cat', `${FOLDER}/user`]), {mode: 0o600});
	const authorized = await succeed(api, ['cat', `${FOLDER}/user.pub`]);
	const serve = async (shell: Shell, host: string): Promise<Served> => {
		const said = await succeed(shell, ['sh', '-c', SERVER], {stdin: authorized});
		return {host, shell, fingerprints: [/SHA256:\S+/.exec(said)?.[0] as string]};
	};
	const [, legAddress = ''] = /server: https:\/\/([\d.]+):/.exec(await readFile(cluster.kubeconfig, 'utf8')) ?? [];
	const nodes = await Promise.all(
		cluster.nodes.map(async ({name, ips}) => [name, await serve(shells.node(name), ips[0] as string)] as const),
	);
	return {
		bastion: await serve(api, legAddress),
		nodes: new Map(nodes),
		outside: await serve(shells.outside(), cluster.outside?.ips[0] as string),
		key,
		close: async () => shells.close(),
	};
};

/** An inventory of these servers, as a user would write it. */
export const inventoryOf = ({bastion, nodes, outside, key}: SshServers, cluster: ClusterRef): string => {
	const login = ({host, fingerprints}: Served) => ({host, fingerprints: [...fingerprints]});
	return stringify({
		user: 'root',
		key,
		bastion: login(bastion),
		nodes: Object.fromEntries([...nodes].map(([name, served]) => [name, login(served)])),
		outside: {...login(outside), ips: [...(cluster.outside?.ips ?? [])]},
	});
};
