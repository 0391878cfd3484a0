import type {Container, Graph, Part} from '../../model/rules/graph.ts';

/**
 * What a fault does to one node's rules: a part, or a whole container, is taken away; a part becomes another; one is added that nobody asks
 * for. Texts are those of the graph.
 */
export type Edit =
	| {
			readonly kind: 'take';
			readonly where: string;
			/** One of the container's own; left out: all of it. */
			readonly part?: Part;
	  }
	| {
			readonly kind: 'change';
			readonly where: string;
			readonly part: Part;
			readonly to: string;
	  }
	| {
			readonly kind: 'add';
			readonly where: string;
			readonly text: string;
	  };

/** A part, and the container that holds it. */
export type Found = {readonly where: string; readonly part: Part};

const isOf = (namespace: string, about: string | undefined): boolean => about?.startsWith(`${namespace}/`) ?? false;

/** The parts that are there for the Services of a namespace. */
export const partsFor = (graph: Graph, namespace: string): readonly Found[] =>
	[...graph.values()].flatMap(({where, about: whole, parts}) =>
		parts.filter(({about = whole}) => isOf(namespace, about)).map(part => ({where, part})),
	);

/** The containers that are. */
export const containersFor = (graph: Graph, namespace: string): readonly Container[] =>
	[...graph.values()].filter(({about}) => isOf(namespace, about));

export const take = ({where, part}: Found): Edit => ({kind: 'take', where, part});

/**
 * The actual graph, with what the expected one knows of it: for which port of a Service a part is there.
 * Virtual servers, sets and bound addresses do not say that themselves.
 */
export const withOwners = (actual: Graph, expected: Graph): Graph =>
	new Map(
		[...actual].map(([where, container]) => {
			const known = expected.get(where);
			const owners = new Map(known?.parts.map(({text, about}) => [text, about]));
			const about = container.about ?? known?.about;
			return [
				where,
				{
					...container,
					...(about !== undefined && {about}),
					parts: container.parts.map(part => {
						const owner = part.about ?? owners.get(part.text);
						return owner === undefined ? part : {...part, about: owner};
					}),
				},
			];
		}),
	);
