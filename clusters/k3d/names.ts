import {clusterName, idsOf} from '../containers/names.ts';

/** k3d's label of all that is a cluster's (pkg/types): its containers and its volume. Its network has its name alone. */
export const K3D_LABEL = 'k3d.cluster';

/** A cluster's network. */
export const networkOf = (id: string): string => `k3d-${clusterName(id)}`;

/** The nodes' names, those of their containers: the server, then the agents. */
export const nodeNames = (id: string, workers: number): readonly [string, ...string[]] => [
	`${networkOf(id)}-server-0`,
	...Array.from({length: workers}, (_, index) => `${networkOf(id)}-agent-${index}`),
];

/** The ids of our clusters among names of k3d's networks and volumes, one a line. */
export const idsOfObjects = (names: string): readonly string[] =>
	idsOf(
		names
			.split('\n')
			.flatMap(line => /^k3d-(.*?)(?:-images)?$/.exec(line.trim())?.[1] ?? [])
			.join('\n'),
	);
