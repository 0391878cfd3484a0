import {choosingServers} from './tools/choices.ts';
import {take} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

export const realServerGone: Breach = (graph, namespace) =>
	choosingServers(graph, namespace, 1).flatMap(servers => servers.slice(-1).map(take));

export default ruleFault('one node lacks the real server of an endpoint', {ipvs: realServerGone});
