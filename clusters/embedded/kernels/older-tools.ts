import {LEGACY_TOOLS} from '../parts/images.ts';
import {withShare} from './proxy-manifest.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** kubeadm's manifest of kube-proxy, for a kernel without nf_tables' ip family, on nodes of one processor. */
export const withOlderTools = (manifest: string): string =>
	withShare(manifest, container => ({...container, env: [...(container.env ?? []), {name: 'PATH', value: `${LEGACY_TOOLS}:${PATH}`}]}));
