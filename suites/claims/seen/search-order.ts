import {Violation} from '../../../lib/record/problem.ts';
import {TransportError} from '../../../lib/shell/shell.ts';
import {clientContainer} from '../../../lib/testbed/clients.ts';
import type {RowRecorder, Testbed} from '../../../lib/testbed/testbed.ts';
import {SEARCHES, SHORT_NAME, TRIED} from '../../../lib/testbed/tried-names.ts';

/** The DNS server of ours answers so late: who asks one name after the other waits for it, who asks all at once does not. */
const ANSWER_AFTER_MS = 400;
/** Until the pod has started, and has asked for each name. */
const LISTEN_MS = 45_000;

/** Denies every name, and prints at its end when it was asked for which: ends early once it was asked for the last that is tried. */
const SERVER = `
const [ip, late, longest, last] = process.argv.slice(1);
const socket = require('dgram').createSocket(ip.includes(':') ? 'udp6' : 'udp4');
const seen = [];
const end = () => { console.log(JSON.stringify(seen)); process.exit(); };
socket.on('message', (message, from) => {
	let name = '', at = 12;
	while (message[at]) { name += message.toString('latin1', at + 1, at + 1 + message[at]) + '.'; at += 1 + message[at]; }
	seen.push({ms: Date.now(), name});
	const answer = Buffer.from(message);
	answer.writeUInt16BE(0x8183, 2);
	setTimeout(() => socket.send(answer.subarray(0, at + 5), from.port, from.address), Number(late));
	if (name === last + '.') setTimeout(end, 1000);
});
socket.bind(53, ip);
setTimeout(end, Number(longest));
`;

type Question = {readonly ms: number; readonly name: string};

/** A pod's resolver asks for the names of its search path one after the other. */
export const askedInOrder = async (testbed: Testbed, recorder: RowRecorder): Promise<void> => {
	const {kube, namespace, cluster} = testbed;
	const node = testbed.workers[0];
	const listening = node.shell.run(['node', '-e', SERVER, node.ip, String(ANSWER_AFTER_MS), String(LISTEN_MS), SHORT_NAME], {
		timeoutMs: LISTEN_MS + 10_000,
		signal: testbed.signal,
	});
	await kube.core.createNamespacedPod({
		namespace,
		body: {
			metadata: {name: 'asking'},
			spec: {
				nodeSelector: {'kubernetes.io/hostname': node.name},
				restartPolicy: 'Never',
				automountServiceAccountToken: false,
				terminationGracePeriodSeconds: 1,
				dnsPolicy: 'None',
				dnsConfig: {nameservers: [node.ip], searches: [...SEARCHES], options: [{name: 'ndots', value: '5'}]},
				containers: [
					{
						...clientContainer(cluster),
						command: ['/usr/local/bin/node', '-e', `require('dns').lookup('${SHORT_NAME}', () => {})`],
					},
				],
			},
		},
	});
	const {exitCode, stdout, stderr} = await listening;
	if (exitCode !== 0) throw new TransportError(`the DNS server on ${node.name} ended: ${stderr.trim().slice(-300)}`);
	const asked = JSON.parse(stdout) as readonly Question[];
	const first = new Map<string, number>();
	for (const {name, ms} of asked) if (!first.has(name)) first.set(name, ms);
	const [begin = 0] = first.values();
	const told = [...first].map(([name, ms]) => `${name} after ${ms - begin} ms`).join(', ');
	recorder.step(`asked for ${told || 'nothing'}; each was denied after ${ANSWER_AFTER_MS} ms`);
	if (first.size < TRIED.length)
		throw new TransportError(`the pod asked for ${first.size} names within ${LISTEN_MS / 1000} s: ${told || 'none'}`);
	const gaps = [...first.values()].slice(1).map((ms, n) => ms - ([...first.values()][n] ?? 0));
	if (gaps.every(gap => gap >= ANSWER_AFTER_MS * 0.9)) return;
	throw new Violation({
		summary: 'the resolver asks for several names of its search path at once',
		expected: `each name after the answer to the one before, ${ANSWER_AFTER_MS} ms later`,
		observed: told,
		layer: {name: 'dns', detail: told},
		reproduce: [],
	});
};
