import {readNode} from '../facts/read-node.ts';
import {clusterStateOf, STATE_FACTS} from '../gather/cluster-state.ts';
import {gatherApi} from '../gather/gather-api.ts';
import {look} from '../gather/look.ts';
import type {ClusterState} from '../model/state.ts';
import type {Testbed} from './testbed.ts';

type Asked = Pick<Testbed, 'nodes' | 'signal'>;
type Api = Parameters<typeof clusterStateOf>[0];

/**
 * The state that the model answers from. kube-proxy's configuration is that of its ConfigMap; where there is none, as in k3s, that which
 * the kube-proxy of the first node says it has. Throws TransportError, with the source, when neither tells it.
 */
export const stateOf = async (api: Api, {nodes: [first], signal}: Asked): Promise<ClusterState> => {
	if (api.proxyConfig.ok || !first) return clusterStateOf(api);
	return clusterStateOf(api, readNode(await look(first.shell, ['configz', 'proxyMode', 'metrics'], signal)));
};

/** The same, of the API as it is now. */
export const readState = async (testbed: Asked & Pick<Testbed, 'kube'>): Promise<ClusterState> =>
	stateOf(await gatherApi(testbed.kube, STATE_FACTS), testbed);
