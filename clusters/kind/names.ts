/** kind's name of a cluster; its containers begin with it. */
export const kindName = (id: string): string => `vipcheck-${id}`;

/** The ids of our clusters among those that `kind get clusters` lists. */
export const idsOf = (listed: string): readonly string[] =>
	listed.split('\n').flatMap(line => /^vipcheck-([\da-z]+)$/.exec(line.trim())?.[1] ?? []);
