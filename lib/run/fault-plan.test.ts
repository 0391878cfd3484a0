import test from 'ava';
import check from '../check/check.ts';
import type {CheckSpec} from '../check/check.ts';
import type {Fault} from '../faults/fault.ts';
import {planFaults, type FaultPlanInput} from './fault-plan.ts';

const fault = (id: string, modes: readonly string[] = ['iptables']): Fault => ({
	id, title: `${id} is in`, layer: 'rules', on: 'cluster', when: 'settled', plan: () => Promise.resolve({inject: [], undo: []}),
	applies: ({mode}) => (modes.includes(mode) ? {ok: true, how: mode} : {ok: false, why: `not in ${mode}`}),
});
const all = [fault('M2'), fault('M14-wrong', ['iptables', 'nftables']), fault('M14-extra')];
const found = (id: string, spec: Partial<CheckSpec>) => ({id, check: check({title: 'it holds', refs: [], ...spec} as CheckSpec, () => Promise.resolve())});
const input: FaultPlanInput = {mode: 'iptables', family: 'ipv4', version: '1.36.3', capabilities: {'node-access': {ok: true, how: ''}, 'outside-host': {ok: false, why: 'none'}}, matches: () => true, only: []};
const plan = (spec: Partial<CheckSpec>, more: Partial<FaultPlanInput> = {}) =>
	planFaults([found('dns/srv', spec)], all, {...input, ...more}).map(({planned}) => `${planned.id}${planned.skip ? `: ${planned.skip.detail}` : ''}`);

for (const [name, seen, expected] of [
	['each fault with its variants, then the check itself', plan({faults: ['M2', 'M14']}), ['dns/srv+M2', 'dns/srv+M14-wrong', 'dns/srv+M14-extra', 'dns/srv']],
	['two families', plan({faults: ['M2']}, {family: 'dual'}), ['dns/srv@ipv4+M2', 'dns/srv@ipv4', 'dns/srv@ipv6+M2', 'dns/srv@ipv6']],
	['--fault', plan({faults: ['M2', 'M14']}, {only: ['M14']}), ['dns/srv+M2: left out by --fault', 'dns/srv+M14-wrong', 'dns/srv+M14-extra', 'dns/srv']],
	['--fault of other checks', plan({faults: ['M2']}, {only: ['M14']}), ['dns/srv+M2: left out by --fault', 'dns/srv: left out by --fault']],
	['another mode', plan({faults: ['M2', 'M14']}, {mode: 'nftables'}), ['dns/srv+M2: not in nftables', 'dns/srv+M14-wrong', 'dns/srv+M14-extra: not in nftables', 'dns/srv']],
	['a mode without any', plan({faults: ['M2']}, {mode: 'nftables'}), ['dns/srv+M2: not in nftables', 'dns/srv: none of its faults can be put in here']],
	['a check that the target cannot run', plan({faults: ['M2'], needs: ['outside-host']}), ['dns/srv+M2', 'dns/srv'].map(id => `${id}: needs a host on the nodes' segment that is not a node: none`)],
	['a check without a fault', plan({noFault: 'the API alone'} as Partial<CheckSpec>), ['dns/srv: no fault can turn it red: the API alone']],
] as const) test(name, t => t.deepEqual(seen, expected));

test('a fault that there is not is an error', t => {
	t.throws(() => plan({faults: ['M99']}), {instanceOf: RangeError, message: 'suites/dns/srv.ts names the fault M99, which lib/faults does not have'});
});
