import {join} from 'node:path';
import {onHost} from '../host.ts';

/** Debug information that the linker would only throw away again. */
export const COMPILER_FLAGS = 'all=-dwarf=false';

/**
 * The compiler collects garbage a fifth of its time unless it may use more memory. With the flags above: 5.4 minutes of processor time for
 * kube-proxy instead of 7.5.
 */
const COMPILER_MEMORY = {GOGC: '400', GOMEMLIMIT: '1500MiB'};

/** How this project builds Go programs: with the machine's own toolchain, static, modules and builds in its own cache. */
export const goEnvironment = (cache: string): Readonly<Record<string, string>> => ({
	...COMPILER_MEMORY,
	CGO_ENABLED: '0',
	GOTOOLCHAIN: 'local',
	GOWORK: 'off',
	GOFLAGS: '-buildvcs=false -modcacherw -mod=readonly',
	GOCACHE: join(cache, 'go', 'build'),
	GOMODCACHE: join(cache, 'go', 'mod'),
});

/** Of the toolchain on the PATH: `1.26.8`; undefined: there is none. */
export const versionOfGo = async (): Promise<string | undefined> =>
	onHost(['go', 'env', 'GOVERSION'], {env: {GOTOOLCHAIN: 'local'}}).then(
		text => text.trim().replace(/^go/, ''),
		() => undefined,
	);
