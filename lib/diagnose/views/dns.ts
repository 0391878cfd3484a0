import type {V1Pod, V1Service} from '@kubernetes/client-node';

/** The Service that pods' resolv.conf points at: kubeadm's and most others'. */
export const dnsService = (services: readonly V1Service[]): V1Service | undefined =>
	services.find(
		({metadata}) =>
			metadata?.namespace === 'kube-system' && (metadata.name === 'kube-dns' || metadata.labels?.['k8s-app'] === 'kube-dns'),
	);

export const isDnsPod = ({metadata}: V1Pod): boolean =>
	metadata?.namespace === 'kube-system' && metadata.labels?.['k8s-app'] === 'kube-dns';
