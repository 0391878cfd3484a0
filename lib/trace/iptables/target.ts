import type {IptablesOption, IptablesRule} from '../../facts/parse/iptables-rule.ts';
import {ipOf, rangeOf, textOf} from '../ip.ts';
import {marked as withMark, withMarker} from '../marks.ts';
import {rewrite, translate, untracked, type Path, type Trail, type Walk} from '../path.ts';
import {redirected} from '../redirect.ts';
import {NEXT, type Branch, type Step} from '../step.ts';
import {markOf} from './condition.ts';

/** What a rule does to a packet that matches. The trail ends with this rule. */
export type Target = (path: Path, trail: Trail, walk: Walk) => readonly Branch[];

const ends =
	(step: Step): Target =>
	path => [{path, step}];
const changes =
	(change: (path: Path, trail: Trail) => Path, step: Step = NEXT): Target =>
	(path, trail) => [{path: change(path, trail), step}];

/** Nothing of these changes what becomes of a packet. */
const HARMLESS = [
	'LOG',
	'NFLOG',
	'ULOG',
	'TRACE',
	'AUDIT',
	'TCPMSS',
	'TOS',
	'DSCP',
	'TTL',
	'HL',
	'ECN',
	'CHECKSUM',
	'CLASSIFY',
	'SET',
	'IDLETIMER',
	'RATEEST',
	'LED',
	'SECMARK',
	'CONNSECMARK',
	'TCPOPTSTRIP',
	'TEE',
];

const optionOf = (options: readonly IptablesOption[], name: string): string | undefined =>
	options.find(({option}) => option === name)?.values[0];

/** `(mark & ~mask) ^ value`, as the kernel does it; the other spellings are the same with other numbers (net/netfilter/xt_mark.c). */
const marked = (options: readonly IptablesOption[]): ((mark: number) => number) | undefined => {
	const of = (name: string) => markOf(optionOf(options, name));
	const [xmark, set, and, or, xor] = [of('set-xmark'), of('set-mark'), of('and-mark'), of('or-mark'), of('xor-mark')];
	if (xmark) return mark => ((mark & ~xmark.mask) ^ xmark.value) >>> 0;
	if (set) return mark => ((mark & ~set.mask) | set.value) >>> 0;
	if (and) return mark => (mark & and.value) >>> 0;
	if (or) return mark => (mark | or.value) >>> 0;
	return xor && (mark => (mark ^ xor.value) >>> 0);
};

/** One mark into the other, with the bits of it that cannot be told. */
const copied = (path: Path, from: 'mark' | 'connectionMark', taken: number, to: 'mark' | 'connectionMark', replaced: number): Path => {
	const value = ((path[to] & ~replaced) ^ (path[from] & taken)) >>> 0;
	const {unsure} = path;
	return {...path, [to]: value, ...(unsure && {unsure: {...unsure, [to]: ((unsure[to] & ~replaced) | (unsure[from] & taken)) >>> 0}})};
};

const connectionMarked = (options: readonly IptablesOption[]): Target | undefined => {
	const set = marked(options);
	if (set) return changes((path, trail) => withMark(path, 'connectionMark', set, trail));
	const has = (name: string) => options.some(({option}) => option === name);
	const maskOf = (name: string) => markOf(optionOf(options, name))?.value ?? 0xffff_ffff;
	const [nf, ct] = [maskOf('nfmask'), maskOf('ctmask')];
	if (has('save-mark')) return changes(path => copied(path, 'mark', nf, 'connectionMark', ct));
	return has('restore-mark')
		? changes((path, trail) => withMarker(path, copied(path, 'connectionMark', ct, 'mark', nf), trail))
		: undefined;
};

const MOST_ADDRESSES = 256n;

/** `10.0.0.1:80`, `[fd00::1]:80`, `10.0.0.1`, `10.0.0.1-10.0.0.3:80`, `:80`. */
const goalOf = (to: string | undefined): {readonly text?: string | undefined; readonly port?: string | undefined} => {
	const [, bracketed, plain, port] =
		/^(?:\[([^\]]+)\]|([^:[\]]+|[\da-f]*:[\da-f]*:[\da-f:.-]*))?(?::(\d{1,5}(?:-\d{1,5})?))?$/i.exec(to ?? '-') ?? [];
	return {text: bracketed ?? plain, port};
};

/** Of several addresses the kernel takes one by a hash of the client's. */
const translated = (to: string | undefined): Target | undefined => {
	const {text, port} = goalOf(to);
	if (text === undefined && port === undefined) return undefined;
	const range = text === undefined ? undefined : rangeOf(text);
	const size = range ? range.last - range.first + 1n : 1n;
	// A port 0 is none: iptables refuses it, and prints it for a rule that it does not understand (kubernetes#114537).
	if ((text !== undefined && !range) || size < 1n || size > MOST_ADDRESSES || (port !== undefined && !(Number(port) > 0)))
		return undefined;
	const addresses = range
		? Array.from({length: Number(size)}, (_, at) => ipOf(textOf(range.first + BigInt(at), range.family)))
		: [undefined];
	return (path, trail) =>
		addresses.map(address => ({
			path: {
				...translate(path, address ?? path.destination, port === undefined ? path.port : Number(port), trail),
				probability: path.probability / addresses.length,
			},
			step: {then: 'accept'},
		}));
};

const toNode = (ports: string | undefined): Target | undefined =>
	ports !== undefined && !(/^\d{1,5}$/.test(ports) && Number(ports) > 0)
		? undefined
		: (path, trail, walk) => {
				const there = redirected(path, walk, ports === undefined ? undefined : Number(ports), trail);
				return [
					there ? {path: there, step: {then: 'accept'}} : {path, step: {then: 'unknown', why: 'no address of the node is known'}},
				];
			};

const known = (target: string, options: readonly IptablesOption[]): Target | undefined => {
	switch (target) {
		case 'ACCEPT':
			return ends({then: 'accept'});
		case 'DROP':
			return ends({then: 'drop'});
		case 'REJECT':
			return ends({then: 'refuse'});
		case 'RETURN':
			return ends({then: 'return'});
		case 'DNAT':
			return translated(optionOf(options, 'to-destination'));
		case 'REDIRECT':
			return toNode(optionOf(options, 'to-ports'));
		case 'SNAT':
			return rangeOf(goalOf(optionOf(options, 'to-source')).text ?? '') && changes(rewrite, {then: 'accept'});
		case 'MASQUERADE':
			return changes(rewrite, {then: 'accept'});
		case 'MARK': {
			const set = marked(options);
			return set && changes((path, trail) => withMark(path, 'mark', set, trail));
		}

		case 'CONNMARK':
			return connectionMarked(options);
		case 'NFQUEUE':
			return ends({
				then: 'unknown',
				why: `a program of the node decides about them, in queue ${optionOf(options, 'queue-num') ?? 0}`,
			});
		case 'NOTRACK':
			return changes(untracked);
		case 'CT':
			return options.some(({option}) => option === 'notrack') ? changes(untracked) : ends(NEXT);
		default:
			return HARMLESS.includes(target) ? ends(NEXT) : undefined;
	}
};

/** Reads the target of a rule; chains go before targets of the same name. What is not known ends as unknown. */
export const targetOf = (
	{target, goto, targetOptions}: IptablesRule,
	isChain: (name: string) => boolean,
): {
	readonly run: Target;
	/** Whether anything depends on it. */
	readonly matters: boolean;
	/** Whether it does nothing but mark. */
	readonly marks: boolean;
} => {
	if (target === undefined) return {run: ends(NEXT), matters: false, marks: false};
	if (isChain(target)) return {run: ends({then: goto ? 'goto' : 'jump', chain: target}), matters: true, marks: false};
	return {
		run:
			known(target, targetOptions) ??
			ends({
				then: 'unknown',
				why:
					`what ${[target, ...targetOptions.flatMap(({option, values}) => [`--${option}`, ...values])].join(' ')} does is ` +
					'not known',
			}),
		matters: !HARMLESS.includes(target),
		marks: target === 'MARK' || target === 'CONNMARK',
	};
};
