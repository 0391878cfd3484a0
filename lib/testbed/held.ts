import {setTimeout as pause} from 'node:timers/promises';
import type {Destination, Heard, OpenConnection, Vantage} from '../probe/vantage.ts';
import type {NodeVerdict} from './judge-nodes.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** From where to where, and the node whose rules decide over it. */
export type HeldWay = {
	readonly node: string;
	readonly from: Pick<Vantage, 'open'>;
	readonly to: Destination;
};

/** A connection that stays open. `openedAt`: when its first answer came, by performance.now(). */
export type HeldConnection = Pick<HeldWay, 'node'> & {readonly connection: OpenConnection; readonly openedAt: number};

/** Opens some connections that stay, by each way. */
export const holdBy = async (ways: readonly HeldWay[], count: number): Promise<readonly HeldConnection[]> =>
	Promise.all(
		ways.flatMap(({node, from, to}) =>
			Array.from({length: count}, async () => ({node, connection: await from.open(to), openedAt: performance.now()})),
		),
	);

/** The same, from a pod on each node. */
export const holdFrom = async (
	{vantage}: Pick<Testbed, 'vantage'>,
	nodes: readonly TestNode[],
	to: Destination,
	count: number,
): Promise<readonly HeldConnection[]> =>
	holdBy(await Promise.all(nodes.map(async ({name}) => ({node: name, from: await vantage.pod(name), to}))), count);

/** Who is at the other end, as its first answer told; undefined: nobody answered. */
export const heldBy = ({connection: {first}}: Pick<HeldConnection, 'connection'>): string | undefined =>
	first.outcome === 'answered' ? first.backend : undefined;

/** What was heard last on a connection; `because`: what explains that it is not as it must be, where that is known. */
type Asked = HeldConnection & {readonly heard: Heard; readonly because?: string | undefined};

const isHeld = (one: HeldConnection, heard: Heard): boolean => heard.outcome === 'answered' && heard.backend === heldBy(one);

const heardText = ({heard}: Asked): string => (heard.outcome === 'answered' ? `answered by ${heard.backend}` : heard.outcome);

const told = (asked: readonly Asked[]): readonly NodeVerdict[] =>
	[...Map.groupBy(asked, ({node}) => node)].map(([node, own]) => {
		const lost = own.filter(one => !isHeld(one, one.heard));
		const text = `${own.length - lost.length} of ${own.length} answer`;
		const first = lost.find(({because}) => because !== undefined) ?? lost[0];
		const because = first?.because === undefined ? '' : `; ${first.because}`;
		return {
			node,
			text,
			wrong: first && `${text}; the first that does not, to ${heldBy(first) ?? 'nobody'}: ${heardText(first)}${because}`,
		};
	});

/** Asks on each connection again; one that does not answer any more, or by somebody else, is wrong. */
export const stillHeld = async (held: readonly HeldConnection[]): Promise<readonly NodeVerdict[]> =>
	told(await Promise.all(held.map(async one => ({...one, heard: await one.connection.ask()}))));

/** Between two questions on a connection: users of idle connections come back after seconds. */
const ASK_PAUSE_MS = 2_000;

/** A connection that was lost, and how long ago it had its last answer. */
export type LostConnection = HeldConnection & {readonly heard: Heard; sinceMs(): number};

/**
 * Asks on each connection again and again while some work lasts, and once more after it; the first answer that is wrong counts.
 * `explain` is asked at once what is known of one that is lost. `explained`: every node that has lost some has such a reason.
 */
export const heldMeanwhile = async (
	held: readonly HeldConnection[],
	work: () => Promise<unknown>,
	explain: (lost: LostConnection) => Promise<string | undefined>,
	pauseMs = ASK_PAUSE_MS,
): Promise<{readonly verdicts: readonly NodeVerdict[]; readonly explained: boolean}> => {
	let isOver = false;
	const ask = async (one: HeldConnection): Promise<Asked> => {
		for (let answeredAt = one.openedAt; ;) {
			const isLast = isOver;
			const askedAt = performance.now();
			const heard = await one.connection.ask();
			if (!isHeld(one, heard)) {
				const since = answeredAt;
				return {...one, heard, because: await explain({...one, heard, sinceMs: () => performance.now() - since})};
			}
			if (isLast) return {...one, heard};
			answeredAt = askedAt;
			await pause(pauseMs);
		}
	};
	const working = async (): Promise<void> => {
		try {
			await work();
		} finally {
			isOver = true;
		}
	};
	const [asked] = await Promise.all([Promise.all(held.map(async one => ask(one))), working()]);
	const nodes = Map.groupBy(
		asked.filter(one => !isHeld(one, one.heard)),
		({node}) => node,
	);
	return {verdicts: told(asked), explained: nodes.size > 0 && [...nodes.values()].every(own => own.some(({because}) => because))};
};

/** Ends them. */
export const letGo = async (held: readonly HeldConnection[]): Promise<void> => {
	await Promise.all(held.map(async ({connection}) => connection.close()));
};
