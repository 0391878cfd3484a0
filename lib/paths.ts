import {homedir} from 'node:os';
import {join} from 'node:path';

/** What may be kept between runs: `$XDG_CACHE_HOME/vipcheck`, or `~/.cache/vipcheck`. */
export const cacheRoot = (): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vipcheck');

/** One directory for each cluster that exists. */
export const clustersRoot = (): string => join(cacheRoot(), 'clusters');

/** The project's own directory: what is run from source lies here, wherever vipcheck is called from. */
export const PROJECT = join(import.meta.dirname, '..');
