import {withPort} from '../ip.ts';
import type {Dial} from '../probe/vantage.ts';
import type {Stretch, Timeline} from '../record/drawn.ts';
import {Violation} from '../record/problem.ts';
import {succeed} from '../shell/succeed.ts';
import {watchArp, type ArpWatch} from './arp-watch.ts';
import {dialEvery} from './dial-every.ts';
import {answered, stretchesOf, type Glance} from './stretches.ts';
import type {Outside, Testbed} from './testbed.ts';

/** Between two requests from the host outside. */
const EVERY_MS = 100;
/** A SYN that is lost is sent again after 1 s: up to then a request tells of the moment when it was begun. */
const REQUEST_TIMEOUT_MS = 1000;
/** Who answers ARP is told for so long at a time: five questions, as a busy machine answers one late. */
const BIN_MS = 500;

/** What a client and the segment saw of an address meanwhile; times are on the clock of performance.now(). */
export type Recording = {
	readonly ip: string;
	readonly from: number;
	readonly watch: Pick<ArpWatch, 'seen' | 'owners'>;
	/** Complete once it is closed. */
	readonly dials: readonly Dial[];
	/** Notes what was done at a time, left out: now; answers when. */
	moment(text: string, at?: number): number;
	/** Ends the watching; a second call does nothing. */
	close(): Promise<void>;
	/** Where the client sends to now: the node whose MAC it has for the address. */
	client(): Promise<string>;
	readonly moments: readonly {readonly at: number; readonly text: string}[];
};

/** Begins a request from the host outside every 100 ms, on a connection of its own each, and hears ARP at the same time. */
export const record = async (
	testbed: Testbed & {readonly outside: Outside},
	{ip, port}: {readonly ip: string; readonly port: number},
): Promise<Recording> => {
	const [watch, place] = await Promise.all([watchArp(testbed, [ip]), testbed.vantage.outside()]);
	// What it has learnt of earlier announcers is forgotten: it asks again.
	await succeed(testbed.outside.shell, ['ip', 'neighbour', 'flush', 'to', ip]);
	const dialling = dialEvery(place, {ip, port}, {everyMs: EVERY_MS, timeoutMs: REQUEST_TIMEOUT_MS});
	const moments: {at: number; text: string}[] = [];
	let closing: Promise<unknown> | undefined;
	return {
		ip,
		from: performance.now(),
		watch,
		dials: dialling.dials,
		moment(text, at = performance.now()) {
			moments.push({at, text});
			return at;
		},
		async close() {
			closing ??= Promise.all([dialling.stop(), watch.close()]);
			await closing;
		},
		async client() {
			const said = await succeed(testbed.outside.shell, ['ip', 'neighbour', 'show', 'to', ip]);
			const mac = / lladdr (\S+)/.exec(said)?.[1];
			return mac === undefined ? 'nobody' : (watch.owners.get(mac)?.name ?? mac);
		},
		moments,
	};
};

/** Who answered in each stretch of time: one, nobody, or several at once. */
export const answerers = ({watch: {seen, owners}}: Pick<Recording, 'watch'>, from: number, to: number): readonly Glance[] =>
	Array.from({length: Math.max(0, Math.floor((to - from) / BIN_MS))}, (_, bin) => {
		const at = from + bin * BIN_MS;
		const macs = new Set(seen.filter(one => one.kind === 'answer' && one.at >= at && one.at < at + BIN_MS).map(({mac}) => mac));
		const who = [...macs].map(mac => owners.get(mac)?.name ?? mac).toSorted();
		return {at, mark: who.length === 1 ? ('.' as const) : ('X' as const), text: who.join(' and ') || 'nobody'};
	});

/** The longest stretch of some kind, in milliseconds; 0: there is none. */
export const longest = (stretches: readonly Stretch[], isIt: (stretch: Stretch) => boolean): number =>
	Math.max(0, ...stretches.filter(isIt).map(({from, to}) => to - from));

/** The longest time in which nobody answered ARP, in milliseconds. */
export const silence = ({watch: {seen}}: Pick<Recording, 'watch'>, from: number, to: number): number => {
	const answers = seen.filter(({kind, at}) => kind === 'answer' && at >= from && at < to).map(({at}) => at);
	return Math.max(0, ...[...answers, to].map((at, index) => at - (answers[index - 1] ?? from)));
};

/** MetalLB claims an address at once and then every 1.1 s for 5 s (internal/layer2/announcer.go, spamLoop). */
const CLAIM = {beforeMs: 1000, afterMs: 3000};

/** Asked ten times a second, who has been silent for so long has stopped. */
const STEADY_MS = 1000;

/**
 * Who takes an address over must tell the whole segment (gratuitous ARP): a client that knows the old one goes on with it for long. Throws
 * a Violation of layer `link` for a machine that began to answer in this time and was not heard to.
 */
export const mustHaveClaimed = (recording: Recording, from: number, to: number): void => {
	const {
		ip,
		watch: {seen, owners},
	} = recording;
	const answers = seen.filter(({kind}) => kind === 'answer');
	const silent = answers.find(({mac, at}, index) => {
		if (at < from || at >= to || index === 0 || answers[index - 1]?.mac === mac) return false;
		// It never stopped: another answered beside it for a while.
		if (answers.some(one => one.mac === mac && one.at < at && one.at >= at - STEADY_MS)) return false;
		return !seen.some(one => one.kind === 'claim' && one.mac === mac && one.at > at - CLAIM.beforeMs && one.at < at + CLAIM.afterMs);
	});
	if (!silent) return;
	const name = owners.get(silent.mac)?.name ?? silent.mac;
	throw new Violation({
		summary: `${name} took ${ip} over, and did not tell the segment`,
		expected: `gratuitous ARP for ${ip} by ${name}`,
		observed: `${name} answers who asks for ${ip}, and was heard to claim it by nobody`,
		layer: {name: 'link', detail: `gratuitous ARP of ${name} for ${ip} does not come to the host outside`},
		reproduce: [`tcpdump -eni eth0 arp and host ${ip}   # on the host outside`],
	});
};

/** The recording as a drawing, from a moment that is its zero. */
export const drawn = (recording: Recording, title: string, port: number): Timeline => {
	const {ip, from, dials, moments} = recording;
	const end = performance.now();
	const since = <T extends {readonly at: number}>(one: T): T => ({...one, at: one.at - from});
	return {
		kind: 'timeline',
		title,
		unit: 'ms',
		rows: [
			{name: `requests to ${withPort(ip, port)}`, stretches: stretchesOf(answered(dials).map(since), end - from)},
			{name: `answers ARP for ${ip}`, stretches: stretchesOf(answerers(recording, from, end).map(since), end - from)},
		],
		moments: moments
			.map(since)
			.map(({at, text}) => ({at: Math.round(at), text}))
			.toSorted((a, b) => a.at - b.at),
	};
};
