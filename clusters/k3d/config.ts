import {stringify} from 'yaml';
import {CLUSTER_STEP_TIMEOUT_MS} from '../../lib/limits.ts';
import type {Target} from '../../lib/target.ts';
import {clusterName} from '../containers/names.ts';
import {CLUSTER_LABEL} from '../containers/outside.ts';

const [SERVERS, NODES] = [['server:*'], ['server:*', 'agent:*']];

/**
 * k3d's configuration of a target (k3d.io, v1alpha5). No load balancer is in front of its one server; its API is for this host alone; a
 * kubeconfig of the user's stays as it is. What is half made is ours to remove, after a look at its logs.
 */
export const k3dConfig = ({mode, workers}: Pick<Target, 'mode' | 'workers'>, id: string, image: string): string =>
	stringify({
		apiVersion: 'k3d.io/v1alpha5',
		kind: 'Simple',
		metadata: {name: clusterName(id)},
		servers: 1,
		agents: workers,
		image,
		kubeAPI: {host: '127.0.0.1', hostIP: '127.0.0.1'},
		options: {
			k3d: {wait: true, timeout: `${CLUSTER_STEP_TIMEOUT_MS / 1000}s`, disableLoadbalancer: true, disableRollback: true},
			k3s: {
				extraArgs: [
					{arg: `--kube-proxy-arg=proxy-mode=${mode}`, nodeFilters: NODES},
					// They would answer on the nodes' ports beside kube-proxy.
					{arg: '--disable=traefik', nodeFilters: SERVERS},
					{arg: '--disable=servicelb', nodeFilters: SERVERS},
				],
			},
			kubeconfig: {updateDefaultKubeconfig: false, switchCurrentContext: false},
			runtime: {labels: [{label: `${CLUSTER_LABEL}=${id}`, nodeFilters: NODES}]},
		},
	});
