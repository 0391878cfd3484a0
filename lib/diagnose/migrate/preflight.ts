import type {V1Node} from '@kubernetes/client-node';
import {TRAITS} from '../../model/modes/traits.ts';
import {minorOf, type Mode} from '../../target.ts';
import type {NodeEvidence} from '../facts.ts';
import {seenNodes} from '../views/nodes.ts';

/** Jumps that kube-proxy and kubelet make from the built-in chains themselves. */
const OWN_JUMP = /-j KUBE-(?:FIREWALL|IPVS-FILTER|IPVS-OUT-FILTER|NODE-PORT|PROXY-FIREWALL|FORWARD|POSTROUTING|SERVICES)$/;

/** Whether a node can run a mode. `unknown`: what would tell. */
export type NodeReadiness = {
	readonly node: string;
	readonly verdict: 'ready' | 'not ready' | 'unknown';
	readonly notes: readonly string[];
};

type Kernel = readonly [major: number, minor: number];

const kernelOf = (text: string): Kernel | undefined => {
	const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
	return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
};

const isOlder = (kernel: Kernel, than: Kernel): boolean => kernel[0] < than[0] || (kernel[0] === than[0] && kernel[1] < than[1]);

/** Rules that are nobody's of Kubernetes and name chains of kube-proxy: they do nothing, or fail to load, once these are gone. */
const foreignRules = (evidence: Readonly<Record<string, NodeEvidence>>): ReadonlyMap<string, readonly string[]> =>
	new Map(
		seenNodes(evidence).map(({name, facts: {iptables}}) => [
			name,
			iptables.ok
				? [...iptables.value.tables.values()].flatMap(({name: table, chains}) =>
						[...chains.values()]
							.filter(chain => !/^(?:KUBE-|CNI-)/.test(chain.name))
							.flatMap(({rules}) => rules.map(({text}) => text))
							.filter(text => /KUBE-/.test(text) && !/--comment "?kubernetes /.test(text) && !OWN_JUMP.test(text))
							.map(text => `${table}: ${text}`),
					)
				: [],
		]),
	);

/** Looks at every node by its status, and at its rules where they were collected. */
export const preflight = (
	nodes: readonly V1Node[],
	to: Mode,
	evidence: Readonly<Record<string, NodeEvidence>> | undefined,
): readonly NodeReadiness[] => {
	const {oldestKernel, minors} = TRAITS[to];
	const foreign = evidence ? foreignRules(evidence) : new Map<string, readonly string[]>();
	return nodes.map(({metadata, status}): NodeReadiness => {
		const node = metadata?.name ?? '';
		const {kernelVersion = '', kubeletVersion = '', operatingSystem} = status?.nodeInfo ?? {};
		if (operatingSystem === 'windows')
			return {node, verdict: 'ready', notes: ['Windows: its kube-proxy has a mode of its own (kernelspace)']};
		const kernel = kernelOf(kernelVersion);
		const minor = minorOf(kubeletVersion);
		const old = oldestKernel && kernel && isOlder(kernel, oldestKernel);
		const wrong = minor !== undefined && (minor < minors.first || minor >= minors.gone);
		const rules = foreign.get(node) ?? [];
		const notes = [
			`kernel ${kernelVersion || 'not known'}${oldestKernel ? ` (needs ${oldestKernel.join('.')})` : ''}`,
			`kubelet ${kubeletVersion || 'not known'}${wrong ? `: its kube-proxy has no mode ${to}` : ''}`,
			...(minor !== undefined && minor < minors.stable ? [`${to} is generally available from 1.${minors.stable} on`] : []),
			...rules.map(text => `a rule of somebody else names kube-proxy's chains: ${text}`),
			...(evidence?.[node] ? [] : ['rules of others that name KUBE- chains or ipsets: not looked at (--nodes)']),
		];
		const verdict =
			old || wrong ? 'not ready' : kernel === undefined || minor === undefined ? 'unknown' : rules.length > 0 ? 'not ready' : 'ready';
		return {node, verdict, notes};
	});
};
