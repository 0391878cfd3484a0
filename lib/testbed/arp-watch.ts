import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {ANNOUNCED_TIMEOUT_MS} from '../limits.ts';
import {tail} from '../shell/quote.ts';
import {succeed} from '../shell/succeed.ts';
import {TransportError, type Conversation} from '../shell/shell.ts';
import {eventually} from '../wait/eventually.ts';
import type {Outside, TestNode, Testbed} from './testbed.ts';

/** One ARP packet that gives an address a MAC. */
export type ArpSeen = {
	/** On the clock of performance.now(), when it came to us. */
	readonly at: number;
	/** claim: to everybody, unasked (gratuitous); answer: to whoever asked. */
	readonly kind: 'claim' | 'answer';
	readonly mac: string;
	readonly ip: string;
};

/** What is heard on the segment of the host outside until it is closed. */
export type ArpWatch = {
	readonly seen: readonly ArpSeen[];
	/** By MAC: the node whose interface has it. */
	readonly owners: ReadonlyMap<string, TestNode>;
	close(): Promise<void>;
};

type Segment = Pick<Testbed, 'nodes' | 'workers' | 'signal'> & {readonly outside: Outside};

const PROGRAM = readFileSync(join(import.meta.dirname, 'arp-watch.pl'), 'utf8');
/** Between two questions for an address: as fine as failover is measured. */
const ASK_INTERVAL_MS = 100;

/** The interface of the host outside that is on the nodes' segment. Throws TransportError where no route tells it. */
export const segmentDevice = async ({workers: [{ip}], outside: {shell}, signal}: Segment): Promise<string> => {
	const route = await succeed(shell, ['ip', '-oneline', 'route', 'get', ip], {signal});
	const device = / dev (\S+)/.exec(route)?.[1];
	if (device === undefined || route.includes(' via '))
		throw new TransportError(`the host outside is not on the segment of ${ip}: ${route.trim()}`);
	return device;
};

const nodesByMac = async ({nodes, signal}: Pick<Testbed, 'nodes' | 'signal'>): Promise<ReadonlyMap<string, TestNode>> =>
	new Map(
		(
			await Promise.all(
				nodes.map(async node => {
					const links = await succeed(node.shell, ['ip', '-oneline', 'link', 'show'], {signal});
					return [...links.matchAll(/link\/ether ([\da-f:]{17})/g)].map(([, mac = '']) => [mac, node] as const);
				}),
			)
		).flat(),
	);

const listen = async (talk: Conversation, seen: ArpSeen[], ready: () => void): Promise<void> => {
	for await (const line of talk.lines) {
		const [kind, mac = '', ip = ''] = line.split(' ');
		if (kind === 'ready') ready();
		if (kind === 'claim' || kind === 'answer') seen.push({at: performance.now(), kind, mac, ip});
	}
};

/**
 * Asks for IPv4 addresses from the host outside, ten times a second, and hears who answers and who claims them unasked. Neither that host
 * nor a node learns anything from the questions. Throws TransportError where nothing can be heard.
 */
export const watchArp = async (segment: Segment, ips: readonly string[]): Promise<ArpWatch> => {
	const {outside} = segment;
	const [device, owners] = await Promise.all([segmentDevice(segment), nodesByMac(segment)]);
	const talk = outside.shell.converse(['perl', '-e', PROGRAM, device, String(ASK_INTERVAL_MS), ...ips]);
	const seen: ArpSeen[] = [];
	const started = Promise.withResolvers<void>();
	const over = listen(talk, seen, started.resolve).then(async () => {
		const {exitCode, stderr} = await talk.ended;
		started.reject(
			new TransportError(`${talk.where}: nothing hears ARP on ${device} (exit code ${exitCode ?? 'none'})${tail(stderr)}`),
		);
	});
	await started.promise;
	return {
		seen,
		owners,
		async close() {
			await talk.close();
			await over;
		},
	};
};

/** Who answers for an address: MACs of answers since a moment, the one that answered last comes last. */
export const answering = ({seen}: Pick<ArpWatch, 'seen'>, ip: string, since: number): readonly string[] =>
	[
		...new Set(
			seen
				.filter(one => one.ip === ip && one.kind === 'answer' && one.at >= since)
				.map(({mac}) => mac)
				.toReversed(),
		),
	].toReversed();

/** So many questions must be answered by the same, and by nobody else. */
const SETTLED_MS = 1000;

/**
 * Waits until one node, and no other machine, answers ARP for an address: asked ten times a second for a second. That nobody does, or
 * several do, is a Violation of layer `lb`.
 */
export const announcedBy = async (
	{signal}: Pick<Testbed, 'signal'>,
	watch: Pick<ArpWatch, 'seen' | 'owners'>,
	ip: string,
	{
		timeoutMs = ANNOUNCED_TIMEOUT_MS,
		among,
	}: {readonly timeoutMs?: number; /** Left out: any node. */ readonly among?: readonly TestNode[]} = {},
): Promise<TestNode> => {
	const begun = performance.now();
	const answers = (): readonly string[] => answering(watch, ip, performance.now() - SETTLED_MS);
	const reproduce = [`arping -D -c 3 -I eth0 ${ip}   # on the host outside`];
	return eventually(
		`one node${among ? ` of ${among.map(({name}) => name).join(', ')}` : ''} answers ARP for ${ip}, and nobody else`,
		async () => {
			const macs = answers();
			const node = watch.owners.get(macs[0] ?? '');
			if (macs.length === 1 && node && (!among || among.includes(node)) && performance.now() - begun >= SETTLED_MS)
				return Promise.resolve({done: true, value: node});
			const observed = macs.map(mac => `${mac} (${watch.owners.get(mac)?.name ?? 'no node'})`).join(', ') || 'nobody answers';
			return Promise.resolve({done: false, observed});
		},
		{
			timeoutMs,
			signal,
			problem: {
				// Asked for when time has run out.
				get layer() {
					return answers().length > 1
						? ({name: 'link', detail: `several machines answer ARP for ${ip}`} as const)
						: ({name: 'lb', detail: `no node that should announces ${ip}`} as const);
				},
				reproduce,
			},
		},
	);
};
