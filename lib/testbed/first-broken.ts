import {chainText, detailOf, suspectedOf} from '../chain/chain.ts';
import {gatherChain, type Scene} from '../chain/gather.ts';
import {chainLimitMs} from '../chain/limit.ts';
import {walk} from '../chain/walk.ts';
import type {Problem} from '../record/events.ts';
import {LOOK_NAMES} from '../facts/argv.ts';
import type {NodeTexts} from '../facts/node-texts.ts';
import {NOT_LOOKED_AT} from '../gather/look.ts';
import type {Testbed} from './testbed.ts';

/** What a walk says to a red. */
export type FirstBroken = Pick<Problem, 'chain' | 'layer' | 'suspected'>;

const textOf = (texts: NodeTexts): string =>
	LOOK_NAMES.map(name => texts[name])
		.filter(fact => fact.ok || fact.why !== NOT_LOOKED_AT)
		.map(fact => `# ${fact.source}\n${fact.ok ? fact.value : `(not known: ${fact.why})\n`}`)
		.join('\n');

/**
 * After a red: walks the chain of the check's namespace and answers all hops, with the first broken layer and the exact object, or what is
 * suspected where none was proven broken. Saves the walk as chain.txt, and what each node said. Ends within CHAIN_TIMEOUT_MS, on a busy
 * machine later (`chainLimitMs`).
 */
export const firstBroken = async ({evidence}: Pick<Testbed, 'evidence'>, scene: Omit<Scene, 'signal'>): Promise<FirstBroken> => {
	const startedAt = performance.now();
	const {facts, texts} = await gatherChain({...scene, signal: AbortSignal.timeout(await chainLimitMs(scene.nodes))});
	const chain = walk(facts);
	evidence('chain.txt', `${chainText(chain)}looked for ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
	for (const [node, said] of texts) evidence(`${node}-looks.txt`, textOf(said));
	const hops = chain.hops.map(({name, layer, state, finding}) => ({name, layer, state, ...(finding !== undefined && {finding})}));
	if (chain.broken) return {chain: hops, layer: {name: chain.broken.layer, detail: detailOf(chain)}};
	const suspected = suspectedOf(chain);
	return {chain: hops, ...(suspected.length > 0 && {suspected})};
};
