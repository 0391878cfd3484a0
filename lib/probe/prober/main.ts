/*
 * The prober: a program of its own. It is started as `node --input-type=module --eval <its files as one, without their types>`
 * (prober-source.ts) wherever traffic is to come from, on any Node >= 20, so they may import nothing but each other, node: modules and
 * types, and what they name stands side by side.
 * Requests and replies are lines of JSON (protocol.ts); it ends with its input. It never tries anything again.
 */
import {lookup} from 'node:dns/promises';
import {readFile} from 'node:fs/promises';
import net from 'node:net';
import {networkInterfaces} from 'node:os';
import {createInterface} from 'node:readline';
import type {EvaluateTask, Reply, Request, ResolveTask, Task} from '../protocol.ts';
import type {Dial, Resolved} from '../vantage.ts';
import {dial} from './dial.ts';
import {exchange} from './exchange.ts';
import {holding} from './held.ts';
import {round} from './told.ts';

/** As a module, so that it can await imports of its own. */
const evaluate = async ({source, argument}: EvaluateTask): Promise<unknown> => {
	const program = (await import(`data:text/javascript,${encodeURIComponent(`export default ${source}`)}`)) as {
		default: (argument: unknown) => unknown;
	};
	return program.default(argument);
};

const resolve = async ({name, family}: ResolveTask): Promise<Resolved> => {
	const began = performance.now();
	const ms = () => round(performance.now() - began);
	try {
		const found = await lookup(name, {all: true, family});
		return {addresses: found.map(({address}) => address), ms: ms()};
	} catch (error) {
		return {code: (error as NodeJS.ErrnoException).code ?? String(error), ms: ms()};
	}
};

/** Own addresses that others can answer to: not loopback, not link-local. */
const addresses = () =>
	Object.values(networkInterfaces())
		.flat()
		.filter(one => one && !one.internal && !one.address.startsWith('fe80:'))
		.map(one => one!.address);

const perform = async (task: Task, some: (dials: readonly Dial[]) => void): Promise<unknown> => {
	switch (task.op) {
		case 'dial':
			return dial(task, some);
		case 'exchange':
			return exchange(task);
		case 'evaluate':
			return evaluate(task);
		case 'open':
		case 'ask':
		case 'hang-up':
			return holding(task);
		case 'resolve':
			return resolve(task);
		case 'resolvconf':
			return readFile('/etc/resolv.conf', 'utf8');
		case 'addresses':
			return addresses();
	}
};

// process.stdout writes to a pipe synchronously: a slow reader would stop the clock of every attempt that is under way.
const output = new net.Socket({fd: 1, readable: false, writable: true});
output.on('error', () => process.exit(1));
const reply = (message: Reply) => output.write(`${JSON.stringify(message)}\n`);

const answer = async ({id, task}: Request) => {
	try {
		reply({id, result: (await perform(task, dials => reply({id, some: dials}))) ?? null});
	} catch (error) {
		reply({id, error: error instanceof Error ? error.message : String(error)});
	}
};

createInterface({input: process.stdin})
	.on('line', line => void answer(JSON.parse(line) as Request))
	.on('close', () => process.exit(0));
reply({ready: {node: process.version, addresses: addresses()}});
