import {remoteShell} from '../remote.ts';
import {couldNotStart, sshConnection, type Connection} from '../ssh/connection.ts';
import type {Transport} from '../transport.ts';

/** A host over ssh: one connection each, however many ask. */
const ssh: Transport<'ssh'> = () => {
	const connections = new Map<string, Connection>();
	return {
		open(access, where) {
			const key = JSON.stringify(access);
			const connection = connections.get(key) ?? sshConnection(access);
			connections.set(key, connection);
			return remoteShell(where, connection.start, couldNotStart);
		},
		async close() {
			await Promise.all([...connections.values()].map(async connection => connection.close()));
		},
	};
};

export default ssh;
