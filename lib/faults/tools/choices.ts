import type {Container, Graph, Part} from '../../model/rules/graph.ts';
import {containersFor, type Edit, type Found} from './edit.ts';
import {FaultError} from './fault.ts';

/** The first of what was found; throws FaultError that says what there is none of. */
export const firstOf = <T>(found: readonly T[], what: string): T => {
	const [first] = found;
	if (first === undefined) throw new FaultError(`there is ${what} to break`);
	return first;
};

/** Parts that share out what reaches a container: rules of a chain, real servers. */
const sharing = ({parts}: Container): readonly Part[] => parts.filter(({share}) => share);

/**
 * The parts of the first chain KUBE-SVC of a namespace that choose among at least so many endpoints. In its order: the last takes what is
 * left.
 */
export const choosingRules = (graph: Graph, namespace: string, least: number): readonly Found[] => {
	const chain = firstOf(
		containersFor(graph, namespace).filter(each => each.where.startsWith('nat KUBE-SVC-') && sharing(each).length >= least),
		`no KUBE-SVC chain of ${namespace} with ${least} endpoints`,
	);
	return sharing(chain).map(part => ({where: chain.where, part}));
};

/** The virtual servers of one port of a namespace with at least so many real servers, each with these. */
export const choosingServers = (graph: Graph, namespace: string, least: number): readonly (readonly Found[])[] => {
	const servers = containersFor(graph, namespace).filter(each => each.where.startsWith('ipvs ') && sharing(each).length >= least);
	const {about} = firstOf(servers, `no virtual server of ${namespace} with ${least} real servers`);
	return servers
		.filter(each => each.about === about)
		.map(({where, parts}) => parts.filter(({share}) => share).map(part => ({where, part})));
};

const DRAWS = /^(?<before>.*numgen random mod (?<of>\d+) v?map) \{ (?<branches>.*) \}$/;

/** The rule of nftables that draws among at least so many endpoints, with other branches: as many numbers are drawn as before. */
export const redrawn = (
	graph: Graph,
	namespace: string,
	least: number,
	other: (branches: readonly string[]) => readonly string[],
): Edit => {
	const drawing = containersFor(graph, namespace)
		.filter(({where}) => / chain service-/.test(where))
		.flatMap(({where, parts}) =>
			parts.flatMap(part => {
				const {before = '', of, branches = ''} = DRAWS.exec(part.text)?.groups ?? {};
				return Number(of) >= least ? [{where, part, before, branches: branches.split(', ')}] : [];
			}),
		);
	const {where, part, before, branches} = firstOf(drawing, `no service chain of ${namespace} with ${least} endpoints`);
	const numbered = other(branches).map((branch, index) => `${index} : ${branch}`);
	return {kind: 'change', where, part, to: `${before} { ${numbered.join(', ')} }`};
};
