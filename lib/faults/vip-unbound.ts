import {DUMMY} from '../model/rules/ipvs/addresses.ts';
import {partsFor, take} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

export const vipUnbound: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where}) => where === DUMMY)
		.map(take);

export default ruleFault('one node does not have the addresses of Services', {ipvs: vipUnbound});
