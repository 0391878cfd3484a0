import type {Container, Graph, Part, Role} from './graph.ts';

type Of = {readonly role: Role; readonly about?: string | undefined};

/** A part of pieces; empty ones are left out. */
export const part = (pieces: readonly string[], {role, about, ...more}: Of & Pick<Part, 'share' | 'last' | 'or'>): Part => {
	const full = pieces.filter(piece => piece !== '');
	return {text: full.join(' '), pieces: full, role, ...(about !== undefined && {about}), ...more};
};

/** A container; `about` may be left out or undefined. */
export const container = ({about, ...rest}: Omit<Container, 'about'> & {readonly about?: string | undefined}): Container => ({
	...rest,
	...(about !== undefined && {about}),
});

/** A graph of containers; those of one place are put together, and are for the rest as the first of them. */
export const graphOf = (containers: readonly Container[]): Graph =>
	new Map(
		[...Map.groupBy(containers, ({where}) => where).values()].flatMap(([first, ...more]) =>
			first ? [[first.where, {...first, parts: [first, ...more].flatMap(({parts}) => parts)}] as const] : [],
		),
	);
