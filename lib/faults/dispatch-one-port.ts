import {dispatch} from './dispatch.ts';
import {ruleFault} from './tools/rule-fault.ts';

export default ruleFault('one node has no rule for one port of the Service', (graph, namespace) => dispatch(graph, namespace).slice(-1));
