import type {Command} from '../../../change/command.ts';
import type {Container, Part} from '../../../model/rules/graph.ts';
import type {Edit} from '../edit.ts';
import {FaultError} from '../fault.ts';
import type {Both, Writer} from './writer.ts';

const FLAGS: Readonly<Record<string, string>> = {TCP: '-t', UDP: '-u', SCTP: '--sctp-service'};

/** `-t 10.96.0.1:443` of `ipvs TCP 10.96.0.1:443`. */
const serviceOf = (where: string): readonly string[] => {
	const [, protocol = '', place = ''] = where.split(' ');
	return [FLAGS[protocol] ?? '', place];
};

const words = (text: string): readonly string[] => text.split(' ').filter(Boolean);
/** Parts of a virtual server are in ipvsadm's own words: real servers, and options of it. */
const isServer = ({text}: Part): boolean => text.startsWith('-r ');
const placeOf = ({text}: Part): readonly string[] => words(text).slice(0, 2);
const optionsOf = (parts: readonly Part[]): readonly string[] => parts.filter(part => !isServer(part)).flatMap(({text}) => words(text));

/** It is there with these words, whether it was before or not. */
const present = (node: string, add: string, edit: string, argv: readonly string[]): Command => ({
	kind: 'run',
	node,
	argv: ['sh', '-c', `ipvsadm ${add} "$@" 2>/dev/null || exec ipvsadm ${edit} "$@"`, 'ipvsadm', ...argv],
});

/** Edits of one virtual server. */
const ofServer = (container: Container, edits: readonly Edit[], node: string): Both => {
	const service = serviceOf(container.where);
	const run = (...argv: readonly string[]): Command => ({kind: 'run', node, argv: ['ipvsadm', ...argv]});
	const realServer = (text: string): Command => present(node, '-a', '-e', [...service, ...words(text)]);
	const {parts} = container;
	const whole = [
		present(node, '-A', '-E', [...service, ...optionsOf(parts)]),
		...parts.filter(part => isServer(part)).map(({text}) => realServer(text)),
	];
	if (edits.some(edit => edit.kind === 'take' && !edit.part)) return {inject: [run('-D', ...service)], undo: whole};
	const instead = new Map<Part, string | undefined>(
		edits.flatMap(edit => {
			if (edit.kind === 'add' || !edit.part) throw new FaultError(`${container.where}: nothing can be added to it`);
			return [[edit.part, edit.kind === 'change' ? edit.to : undefined] as const];
		}),
	);
	const options = parts.filter(part => !isServer(part));
	const servers = [...instead].filter(([part]) => isServer(part));
	const changesOptions = options.some(part => instead.has(part));
	return {
		inject: [
			...(changesOptions
				? [run('-E', ...service, ...options.flatMap(part => words(instead.has(part) ? (instead.get(part) ?? '') : part.text)))]
				: []),
			...servers.map(([part, to]) =>
				to === undefined ? run('-d', ...service, ...placeOf(part)) : run('-e', ...service, ...words(to)),
			),
		],
		undo: whole,
	};
};

/** Takes virtual servers away, changes their options, takes their real servers away or changes how these are reached. */
export const ipvsadmWriter: Writer = {
	of: /^ipvs /,
	write(edits, {node, graph}) {
		const all = [...Map.groupBy(edits, ({where}) => where)].map(([where, own]) => {
			const container = graph.get(where);
			if (!container) throw new FaultError(`${where} is not on ${node.name}`);
			return ofServer(container, own, node.name);
		});
		return Promise.resolve({inject: all.flatMap(({inject}) => inject), undo: all.flatMap(({undo}) => undo)});
	},
};
