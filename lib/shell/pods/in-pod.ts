import {messageOf} from '../../usage.ts';
import {TransportError, type Shell} from '../shell.ts';
import byExec from './by-exec.ts';
import byNode from './by-node.ts';

/** A container of a pod that runs. */
export type PodRef = {
	/** For results and errors: `a pod on worker-1`. */
	readonly where: string;
	readonly namespace: string;
	readonly pod: string;
	readonly container: string;
	/** As in the pod's status: `containerd://<64 hex>`. */
	readonly containerId: string;
	/** The node it runs on. */
	readonly node: string;
};

/** What ways into a pod lead over. */
export type Grounds = {
	node(name: string): Shell;
	readonly kubeconfig: string;
};

/** One way into a pod. `open` makes sure that it leads there; throws TransportError with what is against it. */
export type PodWay = {
	readonly name: string;
	open(ref: PodRef, grounds: Grounds): Promise<Shell>;
};

/** The node's shell first: it enters what is there, also while the API server or the kubelet hangs. */
const WAYS: readonly PodWay[] = [byNode, byExec];

/** A shell in a pod, by the first way that leads there. Throws TransportError with what is against each. */
export const inPod = async (ref: PodRef, grounds: Grounds, ways: readonly PodWay[] = WAYS): Promise<Shell> => {
	const against: string[] = [];
	for (const {name, open} of ways) {
		try {
			return await open(ref, grounds);
		} catch (error) {
			if (!(error instanceof TransportError)) throw error;
			against.push(`by ${name}: ${messageOf(error)}`);
		}
	}
	throw new TransportError(`${ref.where}: there is no way into pod ${ref.namespace}/${ref.pod}: ${against.join('; ')}`);
};
