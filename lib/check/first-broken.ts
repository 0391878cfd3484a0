import {chainText, detailOf} from '../chain/chain.ts';
import {gatherChain, type Scene} from '../chain/gather.ts';
import {walk} from '../chain/walk.ts';
import type {Problem} from '../events.ts';
import {LOOK_NAMES} from '../gather/argv.ts';
import type {NodeTexts} from '../gather/gather-node.ts';
import {NOT_LOOKED_AT} from '../gather/look.ts';
import {CHAIN_TIMEOUT_MS} from '../limits.ts';
import type {Testbed} from './testbed.ts';

const textOf = (texts: NodeTexts): string => LOOK_NAMES.map(name => texts[name]).filter(fact => fact.ok || fact.why !== NOT_LOOKED_AT)
	.map(fact => `# ${fact.source}\n${fact.ok ? fact.value : `(not known: ${fact.why})\n`}`).join('\n');

/**
 * After a red: walks the chain of the check's namespace and answers the first broken layer with the exact object, or undefined where none was found.
 * Saves the walk as chain.txt, and what each node said. Ends within CHAIN_TIMEOUT_MS.
 */
export const firstBroken = async ({evidence}: Pick<Testbed, 'evidence'>, scene: Omit<Scene, 'signal'>): Promise<Problem['layer']> => {
	const startedAt = performance.now();
	const {facts, texts} = await gatherChain({...scene, signal: AbortSignal.timeout(CHAIN_TIMEOUT_MS)});
	const chain = walk(facts);
	evidence('chain.txt', `${chainText(chain)}looked for ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
	for (const [node, said] of texts) evidence(`${node}-looks.txt`, textOf(said));
	return chain.broken && {name: chain.broken.layer, detail: detailOf(chain)};
};
