import {join} from 'node:path';
import type {Cli} from '../containers/cli.ts';

export const KIND: Cli = {
	name: 'kind',
	version: ['version', '--quiet'],
	// Older ones do not know what their clusters are asked for here: nftables since 0.27, kubeadm's v1beta4 of Kubernetes 1.36 since 0.30.
	minimum: '0.30.0',
	goPackage: 'sigs.k8s.io/kind',
	module: join(import.meta.dirname, 'go'),
	flags: () => '-s -w',
};
