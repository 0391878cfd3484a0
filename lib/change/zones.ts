import type {V1Node} from '@kubernetes/client-node';
import type {Change, Command} from './command.ts';

const ZONE = 'topology.kubernetes.io/zone';

const label = (name: string, zone?: string): Command => ({
	kind: 'api',
	verb: 'apply',
	object: {apiVersion: 'v1', kind: 'Node', metadata: {name, ...(zone !== undefined && {labels: {[ZONE]: zone}})}} as V1Node,
});

/**
 * Nodes get a zone, by their name; taking it back takes our label off. One that has somebody else's keeps it, and the change fails (a
 * conflict of server-side apply).
 */
export const zonesOf = (zones: ReadonlyMap<string, string>): Change => ({
	name: 'nodes have zones',
	make: [...zones].map(([name, zone]) => label(name, zone)),
	undo: [...zones].map(([name]) => label(name)),
});
