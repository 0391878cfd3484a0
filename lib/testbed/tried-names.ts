/** A search path of names that nobody has, and a short name that is looked up by it. */
export const SEARCHES: readonly string[] = ['one.test', 'two.test', 'three.test'];
export const SHORT_NAME = 'nobody';

/** What a resolver tries for it, with ndots 5, in this order. */
export const TRIED: readonly string[] = [...SEARCHES.map(search => `${SHORT_NAME}.${search}`), SHORT_NAME];
