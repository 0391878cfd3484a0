import {K3D} from '../../k3d/cli.ts';
import {STAND_IN_LABEL, standInName} from '../../k3d/image.ts';
import {importImage, type Maker} from '../maker.ts';
import {KUBECONFIG, standInFiles} from './file-system.ts';

/** k3d mounts what it does over these; the others keep what a node writes off the overlay file system of its container. */
const VOLUMES = ['/var/lib/rancher/k3s', '/var/lib/kubelet', '/var/lib/cni', '/var/log'];

/** A node image for k3d: upstream Kubernetes that stands in for k3s. */
export const k3dImage: Maker = {
	cli: K3D,
	files: standInFiles,
	async load(files, kubernetes, engine, context) {
		const name = standInName(kubernetes);
		const lines = [
			'ENTRYPOINT ["/bin/k3s"]',
			`VOLUME ${JSON.stringify(VOLUMES)}`,
			`ENV KUBECONFIG=${KUBECONFIG} CONTAINERD_NAMESPACE=k8s.io`,
			`LABEL ${STAND_IN_LABEL}=${kubernetes}`,
		];
		await importImage(files, name, lines, engine, context);
		return name;
	},
	use: name => `vipcheck test --provider k3d --image ${name}   # not k3s: upstream Kubernetes behind its command line`,
};
