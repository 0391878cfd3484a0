/** The name of a cluster of ours for the CLI that makes it; the names of what it makes hold it. */
export const clusterName = (id: string): string => `vipcheck-${id}`;

/** The ids of our clusters among names, one a line. */
export const idsOf = (names: string): readonly string[] =>
	names.split('\n').flatMap(line => /^vipcheck-([\da-z]+)$/.exec(line.trim())?.[1] ?? []);
