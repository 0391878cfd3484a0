import {setTimeout as pause} from 'node:timers/promises';
import type {Change} from '../change/command.ts';
import {FAILBACK_LIMIT_MS, FAILOVER_LIMIT_MS, NODE_READY_TIMEOUT_MS} from '../limits.ts';
import {Violation} from '../record/problem.ts';
import {eventually} from '../wait/eventually.ts';
import {announcedBy, type ArpSeen} from './arp-watch.ts';
import {answerers, drawn, longest, mustHaveClaimed, record, silence, type Recording} from './recording.ts';
import {speakerLines, type SpeakerLine} from './speaker-logs.ts';
import {stretchesOf} from './stretches.ts';
import type {Outside, RowRecorder, TestNode, Testbed} from './testbed.ts';

type WithOutside = Testbed & {readonly outside: Outside};

/** A failure of the node that announces an address. */
export type Failure = {
	readonly service: string;
	readonly ip: string;
	readonly port: number;
	/** What happens to the announcer. */
	change(announcer: TestNode): Promise<Change> | Change;
	/** Another node must announce; left out: the same one may go on. */
	readonly moves?: true;
	/** Nothing can be asked there meanwhile. */
	readonly dead?: true;
	/** It is watched until its endpoints are not listed any more. */
	readonly untilUnlisted?: true;
	/** Where what announces says more of itself; left out: the speakers of MetalLB. */
	readonly reproduce?: readonly string[];
};

/** Before the failure, after what it did, and after the way back: so long is watched on. */
const CALM_MS = 1000;
const AFTERWARDS_MS = 5000;
const SPEAKERS = ['kubectl -n metallb-system logs -l component=speaker'];
const lbProblem = (detail: string, reproduce: readonly string[] = SPEAKERS) => ({layer: {name: 'lb', detail}, reproduce}) as const;

/** Waits for the first packet of another machine than the old announcer; that none comes is a Violation of layer `lb`. */
const successor = async (
	recording: Recording,
	old: string,
	since: number,
	signal: AbortSignal,
	{reproduce}: Pick<Failure, 'reproduce'>,
): Promise<ArpSeen> =>
	eventually(
		`another node than ${old} announces ${recording.ip}`,
		async () => {
			const first = recording.watch.seen.find(({at, mac}) => at >= since && recording.watch.owners.get(mac)?.name !== old);
			return Promise.resolve(first ? {done: true, value: first} : {done: false, observed: `only ${old}, or nobody`});
		},
		{
			timeoutMs: FAILOVER_LIMIT_MS,
			exact: true,
			intervalMs: 50,
			signal,
			problem: lbProblem(`nobody took ${recording.ip} over from ${old}`, reproduce),
		},
	);

/** When the old announcer was heard the last time: what takes its power, or cuts its link, takes a moment to do so. */
const lastSign = ({watch: {seen, owners}}: Recording, old: string, from: number, to: number): number | undefined =>
	seen.findLast(({mac, at}) => at >= from && at < to && owners.get(mac)?.name === old)?.at;

/** Waits until no endpoint of a Service on a node is ready any more, which its pods cannot say themselves; answers when. */
const unlisted = async ({kube, namespace, signal}: Testbed, service: string, node: TestNode): Promise<number> =>
	eventually(
		`the endpoints on ${node.name} are not ready any more`,
		async () => {
			const {items} = await kube.discovery.listNamespacedEndpointSlice({
				namespace,
				labelSelector: `kubernetes.io/service-name=${service}`,
			});
			const left = items
				.flatMap(({endpoints}) => endpoints ?? [])
				.filter(({nodeName, conditions}) => nodeName === node.name && conditions?.ready !== false);
			return left.length === 0
				? {done: true, value: performance.now()}
				: {done: false, observed: left.flatMap(({addresses}) => addresses).join(', ')};
		},
		{timeoutMs: NODE_READY_TIMEOUT_MS, signal, problem: {layer: {name: 'endpoints', detail: `endpoints on ${node.name} stay ready`}}},
	);

type Times = {
	readonly failed: number;
	readonly first: ArpSeen | undefined;
	readonly back: number;
	readonly lines: readonly SpeakerLine[];
};

/** Reports where the outage came from, part by part. */
const tell = (
	recorder: RowRecorder,
	recording: Recording,
	old: string,
	{failed, first, back, lines}: Times,
	end: number,
): {readonly outageMs: number} => {
	const during = recording.dials.filter(({at}) => at >= failed && at < back);
	const lost = during.filter(({outcome}) => outcome !== 'answered');
	const effect = during.find(({at, outcome}) => outcome === 'answered' && at >= (first?.at ?? lost[0]?.at ?? failed));
	const before = lost.filter(({at}) => at < (effect?.at ?? back));
	const outageMs = before.length === 0 ? 0 : Math.round((effect?.at ?? back) - (before[0]?.at ?? failed));
	const ms = (name: string, value: number | undefined): void => {
		if (value !== undefined) recorder.number(name, Math.round(value), 'ms');
	};
	const winner = first && recording.watch.owners.get(first.mac)?.name;
	const left = lines.find(({kind, about, node}) => kind === 'left' && about === old && node === winner)?.at;
	const elected = lines.find(({kind, node, at}) => kind === 'announced' && node === winner && at >= (left ?? failed))?.at;
	ms('to the new announcer', first && first.at - failed);
	ms('of that: detection', left && left - failed);
	ms('of that: election', elected && elected - (left ?? failed));
	ms('of that: its first ARP', first && elected && Math.max(0, first.at - elected));
	ms('until ARP took effect at the client', first && effect && effect.at - first.at);
	ms('outage', outageMs);
	recorder.number('requests lost while nobody served', before.length, 'requests');
	recorder.number('requests lost afterwards, to endpoints that are still listed', lost.length - before.length, 'requests');
	recorder.number('requests after it', during.filter(({at}) => at >= (effect?.at ?? back)).length, 'requests');
	for (const [text, at] of [
		[`${winner ?? 'nobody'} gives ${old} up`, left],
		[`${winner ?? 'nobody'} is elected`, elected],
		[`first ARP of ${winner ?? 'nobody'}`, first?.at],
	] as const)
		if (at !== undefined) recording.moment(text, at);
	const after = recording.dials.filter(({at}) => at >= back && at < end);
	recorder.number('requests lost on the way back', after.filter(({outcome}) => outcome !== 'answered').length, 'requests');
	const both = stretchesOf(answerers(recording, back, end), end);
	ms(
		'two announcers at once on the way back',
		longest(both, ({text}) => text.includes(' and ')),
	);
	ms('no announcer on the way back', silence(recording, back, end));
	return {outageMs};
};

/**
 * Lets the node that announces an address fail and come back, while a client sends a request every 100 ms and ARP is heard: tells how long
 * nothing was served and why, and draws it. Too long, or a new announcer that does not tell the segment, is a Violation.
 */
export const failover = async (testbed: WithOutside, recorder: RowRecorder, failure: Failure): Promise<void> => {
	const {ip, port, moves = false, dead = false} = failure;
	const {signal} = testbed;
	const recording = await record(testbed, {ip, port});
	let takeBack: (() => Promise<void>) | undefined;
	try {
		const announcer = await announcedBy(testbed, recording.watch, ip);
		await pause(CALM_MS, undefined, {signal});
		const change = await failure.change(announcer);
		recorder.step(`${announcer.name} announces ${ip}; ${change.name}`);
		const begun = performance.now();
		takeBack = await testbed.change(change);
		const first = moves ? await successor(recording, announcer.name, begun, signal, failure) : undefined;
		const failed = recording.moment(change.name, (dead && first && lastSign(recording, announcer.name, begun, first.at)) || begun);
		if (!first) await announcedBy(testbed, recording.watch, ip, {timeoutMs: FAILOVER_LIMIT_MS});
		await pause(AFTERWARDS_MS, undefined, {signal});
		recorder.step(`the client sends to ${await recording.client()}`);
		if (failure.untilUnlisted)
			recorder.number(
				'until the dead endpoint was taken off',
				Math.round((await unlisted(testbed, failure.service, announcer)) - failed),
				'ms',
			);
		const lines = await speakerLines(testbed, {ip, since: failed, without: dead ? [announcer.name] : []});

		recorder.step('it is taken back');
		const back = recording.moment('taken back');
		await takeBack();
		takeBack = undefined;
		await announcedBy(testbed, recording.watch, ip, {timeoutMs: FAILBACK_LIMIT_MS, among: [announcer]});
		recorder.number('until it announces again', Math.round(performance.now() - back), 'ms');
		await pause(CALM_MS, undefined, {signal});
		recorder.step(`the client sends to ${await recording.client()}`);
		const end = performance.now();
		await recording.close();
		const {outageMs} = tell(recorder, recording, announcer.name, {failed, first, back, lines}, end);
		mustHaveClaimed(recording, failed, back);
		if (outageMs <= FAILOVER_LIMIT_MS) return;
		throw new Violation({
			summary: `${ip} was served by nobody for ${outageMs} ms`,
			expected: `requests are answered again within ${FAILOVER_LIMIT_MS} ms`,
			observed: `${outageMs} ms from the first request that was lost`,
			...lbProblem(`${ip} moved from ${announcer.name} too slowly`, failure.reproduce),
		});
	} finally {
		await takeBack?.();
		await recording.close();
		recorder.chart(drawn(recording, `${failure.service}: requests and ARP`, port));
	}
};
