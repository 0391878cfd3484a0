import type {Seen} from '../../model/client-sees.ts';
import type {Backend, Verdict} from '../../model/verdict.ts';
import type {IpFamily} from '../../target.ts';

export const FAMILIES: readonly IpFamily[] = ['ipv4', 'ipv6'];
export type Client = 'a pod' | 'the node itself' | 'outside';
/** The packet enters on a node with an endpoint, or on one without. */
export type Place = 'with' | 'without';

const SEEN: Readonly<Record<Seen, string>> = {
	answer: 'is answered',
	'some answers': 'is answered now and then',
	refused: 'is refused at once',
	timeout: 'times out',
	unknown: "is not kube-proxy's to say",
};

const sourceOf = (backends: readonly Backend[]): string => {
	const kinds = new Set(backends.map(({source}) => source));
	return kinds.size > 1
		? 'the client address or one of the node'
		: kinds.has('rewritten')
			? 'an address of the node'
			: 'the client address';
};

/** What a client gets, in words: equal words, nothing has changed for it. */
export const outcomeText = (verdict: Verdict, seen: Seen): string => {
	if (verdict.kind === 'leaves') return 'leaves the node, and mostly times out';
	if (verdict.kind === 'node') return 'comes to the node itself, and is refused where nothing listens';
	if (verdict.kind !== 'backends' || seen === 'timeout' || seen === 'refused') return SEEN[seen];
	return `${SEEN[seen]}, the backend sees ${sourceOf(verdict.backends)}`;
};

/** `a pod on a node without an endpoint`. */
export const clientText = (client: Client, places: ReadonlySet<Place>): string =>
	places.size > 1
		? client === 'outside'
			? 'outside'
			: client
		: `${client === 'outside' ? 'outside, by a node' : client === 'a pod' ? 'a pod of a node' : 'a node'} ` +
			`${places.has('with') ? 'with' : 'without'} an endpoint`;
