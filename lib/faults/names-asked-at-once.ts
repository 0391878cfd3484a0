import {TRIED} from '../testbed/tried-names.ts';
import {endProgram, startProgram} from './tools/background.ts';
import type {ClusterFault} from './tools/fault.ts';

const NAME = 'names-asked-at-once';
const EVERY_MS = 100;

/** Questions for all names at the same time, again and again: nobody may listen there yet. */
export const ASKS = `const [ip, every, ...names] = process.argv.slice(1);
const socket = require('node:dgram').createSocket(ip.includes(':') ? 'udp6' : 'udp4').on('error', () => {});
const question = name => Buffer.concat([
	Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
	...name.split('.').map(label => Buffer.from([label.length, ...Buffer.from(label)])),
	Buffer.from([0, 0, 1, 0, 1]),
]);
setInterval(() => names.forEach(name => socket.send(question(name), 53, ip)), Number(every));`;

const fault: ClusterFault = {
	title: 'a program asks for all names of a search path at once',
	layer: 'dns',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: 'questions of a node to itself'}),
	plan: async ({workers: [{name, ip}]}) =>
		Promise.resolve({
			inject: [startProgram(name, NAME, ['node', '-e', ASKS, ip, String(EVERY_MS), ...TRIED])],
			undo: [endProgram(name, NAME)],
		}),
};

export default fault;
