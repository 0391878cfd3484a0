import type {Vantage} from '../probe/vantage.ts';

export type Ran = {
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
};

/** For `Vantage.evaluate`. */
const execute = async ({argv, timeoutMs}: {readonly argv: readonly string[]; readonly timeoutMs: number}): Promise<Ran> => {
	const {execFile} = await import('node:child_process');
	return new Promise(resolve => {
		const [program = '', ...rest] = argv;
		const child = execFile(program, rest, {timeout: timeoutMs}, (error, stdout, stderr) =>
			resolve({exitCode: child.exitCode ?? -1, stdout, stderr: stderr || (error?.message ?? '')}),
		);
	});
};

/** Runs a program at a place that traffic is sent from, where the place has it; whatever it leaves with is a result. */
export const runAt = async (place: Vantage, argv: readonly string[], timeoutMs = 10_000): Promise<Ran> =>
	place.evaluate(execute, {argv, timeoutMs}, {timeoutMs});

/** For `Vantage.evaluate`. */
const readCounters = async (): Promise<string> => {
	const {readFile} = await import('node:fs/promises');
	return (await Promise.all(['/proc/net/snmp', '/proc/net/netstat'].map(async path => readFile(path, 'utf8')))).join('');
};

/** A counter of the kernel at a place, `Tcp OutRsts` or `TcpExt TCPSynRetrans` say: of the place's own network namespace. */
export const kernelCounter = async (place: Vantage, protocol: string, name: string): Promise<number> => {
	const lines = (await place.evaluate(readCounters, null)).split('\n').filter(line => line.startsWith(`${protocol}:`));
	const [names = [], values = []] = lines.map(line => line.split(' '));
	return Number(values[names.indexOf(name)]);
};
