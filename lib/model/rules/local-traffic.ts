import type {NodeView} from '../node-view.ts';
import type {ProxyConfig} from '../state.ts';

/**
 * How kube-proxy tells the traffic of its node's pods: by their network or by their interfaces (a trailing `*` stands for any rest of the
 * name).
 */
export type LocalTraffic = {readonly cidr: string} | {readonly interface: string};

/** Undefined: kube-proxy cannot tell (getLocalDetectors of cmd/kube-proxy/app/server_linux.go). */
export const localTraffic = ({detectLocalMode, localInterface = ''}: ProxyConfig, {ownPods}: NodeView): LocalTraffic | undefined => {
	switch (detectLocalMode) {
		case 'ClusterCIDR':
		case 'NodeCIDR':
			return ownPods === undefined ? undefined : {cidr: ownPods};
		case 'BridgeInterface':
			return {interface: localInterface};
		case 'InterfaceNamePrefix':
			return {interface: `${localInterface}*`};
		case 'none':
			return undefined;
	}
};
