import {canonicalIp, familyOf, hostPort} from '../model/address.ts';
import {clientSees} from '../model/client-sees.ts';
import type {Backend} from '../model/verdict.ts';
import type {Listener} from '../facts/parse/ss.ts';
import type {Dial} from '../probe/vantage.ts';
import type {Leg} from './legs.ts';

/** What a client must see of a packet. */
export type OnTheWire =
	/** `by`: who may answer, and which addresses each may see the client with. */
	| {
			readonly outcome: 'answered';
			readonly by: ReadonlyMap<string, ReadonlySet<string>>;
			/** Seconds that the client stays with whoever answers. */ readonly sticky?: number;
	  }
	/** `limited`: by an ICMP message of the node, of which the kernel sends one client no more than a few. */
	| {readonly outcome: 'refused'; readonly limited: boolean}
	| {readonly outcome: 'timeout'}
	/** It cannot be told. */
	| {readonly outcome: 'open'; readonly why: string};

/** Who answers by echoing, by address and port (`10.0.0.1:80/TCP`); nobody else's answers are known. */
export type Echoes = ReadonlyMap<string, string>;

const open = (why: string): OnTheWire => ({outcome: 'open', why});

const WILDCARDS = ['*', '0.0.0.0', '::'];

const isListening = (listeners: readonly Listener[], {destination, port, protocol}: Leg['packet']): boolean =>
	listeners.some(
		each =>
			each.protocol === protocol.toLowerCase() &&
			each.port === port &&
			(WILDCARDS.includes(each.address) || canonicalIp(each.address) === destination),
	);

/**
 * The kernel limits ICMP messages by client (net.ipv4.icmp_ratelimit, net.ipv6.icmp.ratelimit), but for those that never leave the node; a
 * reset of TCP is none. A packet that would leave by the interface it came by brings its sender a redirect, which sets the same limit back:
 * no refusal follows (ip_rt_send_redirect of net/ipv4/route.c).
 */
const refused = ({node, packet}: Leg, isReset: boolean): OnTheWire =>
	packet.from === 'outside' && !node.addresses.has(packet.destination)
		? open('the kernel redirects its sender instead of sending the refusal')
		: {outcome: 'refused', limited: !isReset && packet.from !== 'node'};

const answered = ({node, packet}: Leg, backends: readonly Backend[], echoes: Echoes, sticky: number | undefined): OnTheWire => {
	const own = [...node.addresses].filter(ip => familyOf(ip) === familyOf(packet.destination));
	const by = new Map<string, ReadonlySet<string>>();
	for (const {ip, port, source} of backends) {
		const name = echoes.get(`${hostPort(ip, port)}/${packet.protocol}`);
		if (name === undefined) return open('one of its backends is no echo pod of the check');
		by.set(name, new Set([...(by.get(name) ?? []), ...(source === 'rewritten' ? own : [packet.source])]));
	}

	return {outcome: 'answered', by, ...(sticky !== undefined && {sticky})};
};

/**
 * What the client must see of the model's verdict on the last leg of its packet, in a network that works: `clientSees`, made exact by who
 * listens on the node and which backends are known to answer.
 */
export const onTheWire = (leg: Leg, echoes: Echoes): OnTheWire => {
	const {node, packet, model} = leg;
	if (packet.protocol === 'SCTP') return open('the prober does not speak SCTP');
	if (model.kind === 'leaves') return open('it goes elsewhere, and what is there is not known');
	if (model.kind === 'node' && isListening(node.listeners, packet)) return open('something on the node listens there');
	if (model.kind === 'node' && packet.source === packet.destination && node.isOwnPort(packet.port))
		return open('the node may choose this port to send from, and meet itself');
	if (model.kind === 'node') return refused(leg, packet.protocol === 'TCP');
	switch (clientSees(node.state, node.name, packet, model)) {
		case 'refused':
			return refused(leg, false);
		case 'timeout':
			return {outcome: 'timeout'};
		case 'answer':
			return model.kind === 'backends'
				? answered(leg, model.backends, echoes, model.sticky)
				: open('the model does not say by whom it is answered');
		case 'some answers':
			return open('whether an answer finds its way back depends on the backend');
		case 'unknown':
			return open('the model does not say what becomes of it');
	}
};

const said = (dial: Dial): string =>
	dial.outcome === 'answered' ? `answered by ${dial.backend}, which saw ${dial.sourceIp}` : `${dial.outcome} (${dial.detail})`;

/** What was seen of some connections, in words. */
export const seenText = (dials: readonly Dial[]): string => dials.map(dial => `${said(dial)} after ${Math.round(dial.ms)} ms`).join('; ');

const faultOf = (expected: Exclude<OnTheWire, {outcome: 'open'}>, dial: Dial): string | undefined => {
	if (dial.outcome !== expected.outcome) return `expected ${expected.outcome}, was ${said(dial)}`;
	if (dial.outcome !== 'answered' || expected.outcome !== 'answered') return undefined;
	const sources = expected.by.get(dial.backend);
	if (!sources) return `answered by ${dial.backend} instead of ${[...expected.by.keys()].join(' or ')}`;
	return sources.has(canonicalIp(dial.sourceIp) ?? dial.sourceIp)
		? undefined
		: `${dial.backend} saw the client as ${dial.sourceIp} instead of ${[...sources].join(' or ')}`;
};

/** Whether a client that came again within the time has another backend. */
const strayed = (sticky: number | undefined, dials: readonly Dial[]): string | undefined => {
	const [first, second] = dials;
	if (
		sticky === undefined ||
		first?.outcome !== 'answered' ||
		second?.outcome !== 'answered' ||
		second.at + second.ms - first.at >= sticky * 1000
	)
		return undefined;
	return first.backend === second.backend
		? undefined
		: `affinity of ${sticky} s, and the client came to ${first.backend} and then to ${second.backend}`;
};

/** How connections differ from what the client must see; undefined: they do not, or it cannot be told. */
export const wireDifference = (expected: OnTheWire, dials: readonly Dial[]): string | undefined => {
	if (expected.outcome === 'open') return undefined;
	for (const dial of dials) {
		const fault = faultOf(expected, dial);
		if (fault !== undefined) return fault;
	}

	return dials.length === 0 ? 'nothing was sent' : strayed(expected.outcome === 'answered' ? expected.sticky : undefined, dials);
};
