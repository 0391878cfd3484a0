import {containersFor, partsFor, take} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/**
 * Before the rules of KUBE-FW that let the ranges in, one that lets everybody in. What comes past them is not translated, and goes nowhere.
 */
const ranges: Breach = (graph, namespace) =>
	containersFor(graph, namespace)
		.filter(({where}) => where.startsWith('nat KUBE-FW-'))
		.map(({where}) => ({kind: 'add', where, text: `-j ${where.replace('nat KUBE-FW-', 'KUBE-EXT-')}`}));

/** What sends packets to the check of their source. */
const checks: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where}) => / map firewall-ips$|^ipset KUBE-(?:6-)?LOAD-BALANCER-FW$/.test(where))
		.map(take);

export default ruleFault('one node lets everybody reach the address of a load balancer with source ranges', {
	iptables: ranges,
	nftables: checks,
	ipvs: checks,
});
