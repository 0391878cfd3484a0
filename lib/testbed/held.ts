import type {Destination, OpenConnection} from '../probe/vantage.ts';
import type {NodeVerdict} from './judge-nodes.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** A connection from a pod of a node that stays open. */
export type HeldConnection = {readonly node: string; readonly connection: OpenConnection};

/** Opens some connections that stay, from a pod on each node. */
export const holdFrom = async (
	{vantage}: Pick<Testbed, 'vantage'>,
	nodes: readonly TestNode[],
	to: Destination,
	count: number,
): Promise<readonly HeldConnection[]> =>
	Promise.all(
		nodes.flatMap(({name}) =>
			Array.from({length: count}, async () => ({node: name, connection: await (await vantage.pod(name)).open(to)})),
		),
	);

/** Who is at the other end, as its first answer told; undefined: nobody answered. */
export const heldBy = ({connection: {first}}: HeldConnection): string | undefined =>
	first.outcome === 'answered' ? first.backend : undefined;

/** Asks on each connection again; one that does not answer any more, or by somebody else, is wrong. */
export const stillHeld = async (held: readonly HeldConnection[]): Promise<readonly NodeVerdict[]> => {
	const asked = await Promise.all(held.map(async one => ({...one, by: heldBy(one), heard: await one.connection.ask()})));
	return [...Map.groupBy(asked, ({node}) => node)].map(([node, own]) => {
		const lost = own.filter(({by, heard}) => by === undefined || heard.outcome !== 'answered' || heard.backend !== by);
		const text = `${own.length - lost.length} of ${own.length} answer`;
		const [first] = lost;
		return {
			node,
			text,
			wrong: first && `${text}; the first that does not, to ${first.by ?? 'nobody'}: ${first.heard.outcome}`,
		};
	});
};

/** Ends them. */
export const letGo = async (held: readonly HeldConnection[]): Promise<void> => {
	await Promise.all(held.map(async ({connection}) => connection.close()));
};
