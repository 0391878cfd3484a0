import type {Layer} from '../../record/events.ts';
import {hostPort} from '../../model/address.ts';
import {outcomeOf} from '../../probe/judge.ts';
import type {Dial} from '../../probe/vantage.ts';
import {aside, broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts, Dialled} from '../facts.ts';
import type {Stoppers} from '../stopped.ts';

const BACKEND = {name: 'each backend answers on its own node, without a Service', layer: 'backend'} as const;
const ACROSS = 'each backend answers from the suspected nodes, without a Service';

const countOf = (dials: readonly Dial[]): string =>
	[...Map.groupBy(dials, outcomeOf)].map(([outcome, of]) => `${of.length} ${outcome}`).join(', ');
const what = ({from, name, ip, port, protocol}: Dialled): string => `${from} to ${name} ${hostPort(ip, port)}/${protocol}`;
const line = (dialled: Dialled): string =>
	`${what(dialled)}: ${dialled.dials.ok ? countOf(dialled.dials.value) : `not known: ${dialled.dials.why}`}`;

/** Not one of the connections was answered: what is lost now and then is no proof. */
const isDead = ({dials}: Dialled): boolean =>
	dials.ok && dials.value.length > 0 && dials.value.every(({outcome}) => outcome !== 'answered');

/** Nothing came back at all: even a refusal shows that the other is there, and so does a connection that stood. */
const isSilent = ({dials}: Dialled): boolean =>
	dials.ok && dials.value.length > 0 && dials.value.every(dial => ['timeout', 'unreachable'].includes(outcomeOf(dial)));

const failing = (dialled: Dialled, text: string, stoppers: Stoppers): readonly Finding[] => {
	if (!dialled.dials.ok) return [unknown(`${what(dialled)}: ${dialled.dials.why}`)];
	if (!isDead(dialled)) return [];
	const lost = `${text} (${countOf(dialled.dials.value)})`;
	const stopper = stoppers.get(dialled);
	return [stopper ? aside(`${lost}; ${stopper.text} explains it`) : broken(lost)];
};

/** Each backend pod, dialled from the node it runs on. What a rule or a route of that node ends says nothing of the backend. */
export const backendHop = ({dials}: Pick<ChainFacts, 'dials'>, stoppers: Stoppers): Hop => {
	const own = dials.filter(({kind, from, node}) => kind === 'pod' && from === node);
	return hopOf(
		BACKEND,
		own.flatMap(dialled =>
			failing(
				dialled,
				`pod ${dialled.name} does not answer its own node ${dialled.node} on ` +
					`${hostPort(dialled.ip, dialled.port)}/${dialled.protocol}`,
				stoppers,
			),
		),
		own.length === 0 ? ['no backend to dial'] : own.map(line),
	);
};

/**
 * Each backend pod, dialled from the suspected nodes. Where it fails, what lies between is broken: the link when the two nodes do not reach
 * each other at all, or a hop that comes later and explains it (`explained`: forwarding is off, a firewall drops; `stoppers`: the rule or
 * route that ends this very connection), otherwise the CNI.
 */
export const acrossHop = ({dials}: Pick<ChainFacts, 'dials'>, explained: Hop | undefined, stoppers: Stoppers): Hop => {
	const across = dials.filter(({kind, from, node}) => kind === 'pod' && from !== node);
	// A backend that does not even answer its own node says nothing about the way to it.
	const alone = new Set(
		dials
			.filter(dialled => dialled.kind === 'pod' && dialled.from === dialled.node && isDead(dialled))
			.map(({ip, port, protocol}) => `${hostPort(ip, port)}/${protocol}`),
	);
	const between = dials.filter(({kind}) => kind === 'node');
	const cut = between.filter(dialled => isSilent(dialled) && !stoppers.has(dialled));
	const findings = across
		.filter(({ip, port, protocol}) => !alone.has(`${hostPort(ip, port)}/${protocol}`))
		.flatMap(dialled =>
			failing(
				dialled,
				`${dialled.from} does not reach pod ${dialled.name} on ${dialled.node}, ` +
					`${hostPort(dialled.ip, dialled.port)}/${dialled.protocol}`,
				stoppers,
			),
		);
	const isLink = (one: Dialled): boolean =>
		cut.some(({from, node}) => (from === one.from && node === one.node) || (from === one.node && node === one.from));
	const dead = across.filter(one => isDead(one));
	const linked = cut.map(({from, node, ip, dials: lost}) =>
		broken(`${from} does not reach node ${node} at all (${ip}${lost.ok ? `: ${countOf(lost.value)}` : ''})`),
	);
	const layer: Layer = linked.length > 0 && dead.every(one => isLink(one)) ? 'link' : 'cni';
	const found = layer === 'link' ? [...linked, ...findings] : findings;
	const told =
		explained && (layer === 'cni' || explained.layer === layer)
			? found.map(({state, text}) => (state === 'broken' ? aside(`${text}; ${explained.layer} explains it`) : {state, text}))
			: found;
	return hopOf(
		{name: ACROSS, layer},
		told,
		[...across, ...between].length === 0 ? ['nothing to dial'] : [...across, ...between].map(line),
	);
};
