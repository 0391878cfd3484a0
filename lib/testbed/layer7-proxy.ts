import {withPort} from '../ip.ts';
import type {Destination} from '../probe/vantage.ts';
import {clientContainer} from './clients.ts';
import {podReady} from './pods.ts';
import {podIp} from '../model/pods.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** Where it listens. */
const PORT = 8080;

/** Takes each request and makes it anew, on a connection of its own, as reverse proxies do. */
const source = (to: string): string => `
import http from 'node:http';
http.createServer((request, response) => {
	const {method, url, headers, socket} = request;
	const passed = {...headers, connection: 'close', 'x-forwarded-for': socket.remoteAddress};
	const fail = error => response.destroy(error);
	const made = http.request('http://${to}' + url, {method, headers: passed, agent: false}, answer => {
		response.writeHead(answer.statusCode, {'content-length': answer.headers['content-length']});
		answer.pipe(response);
	});
	made.on('error', fail);
	request.pipe(made);
}).listen(${PORT}, '::');
`;

/** A reverse proxy of layer 7 on a node, in front of an address. Answers where it is reached, and the address that it sends from. */
export const layer7Proxy = async (
	testbed: Testbed,
	{
		name,
		node,
		to,
	}: {
		name: string;
		node: TestNode;
		to: Destination;
	},
): Promise<Destination> => {
	const {kube, namespace, cluster, family} = testbed;
	const command = ['/usr/local/bin/node', '--input-type=module', '--eval', source(withPort(to.ip, to.port))];
	await kube.core.createNamespacedPod({
		namespace,
		body: {
			metadata: {name},
			spec: {
				nodeSelector: {'kubernetes.io/hostname': node.name},
				tolerations: [{operator: 'Exists'}],
				automountServiceAccountToken: false,
				terminationGracePeriodSeconds: 1,
				containers: [{...clientContainer(cluster), command, readinessProbe: {tcpSocket: {port: PORT}, periodSeconds: 1}}],
			},
		},
	});
	await podReady(testbed, name);
	const ip = podIp(await kube.core.readNamespacedPod({namespace, name}), family) ?? '';
	return {ip, port: PORT};
};
