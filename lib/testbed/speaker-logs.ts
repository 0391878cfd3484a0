import {METALLB_NAMESPACE} from '../metallb.ts';
import type {Testbed} from './testbed.ts';

/** What the speaker of a node says of an address and of other speakers, on the clock of performance.now(). */
export type SpeakerLine = {
	readonly at: number;
	readonly node: string;
	readonly kind: 'left' | 'announced';
	/** left: the speaker that is given up. */
	readonly about: string;
};

type Line = Readonly<Record<string, string | undefined>>;

/** A line as the API gives it: its time, then the speaker's own JSON. Undefined: it says nothing that is asked for. */
const read = (text: string, node: string, ip: string): SpeakerLine | undefined => {
	const [, time = '', json = ''] = /^(\S+) (\{.*\})\s*$/.exec(text) ?? [];
	if (!json.includes('serviceAnnounced') && !json.includes('NodeLeave')) return undefined;
	const at = Date.parse(time) - performance.timeOrigin;
	const line = JSON.parse(json) as Line;
	if (line['node event'] === 'NodeLeave') return {at, node, kind: 'left', about: line['node name'] ?? ''};
	return line['event'] === 'serviceAnnounced' && json.includes(`"${ip}"`) ? {at, node, kind: 'announced', about: ip} : undefined;
};

/** What speakers have logged since a moment (performance.now()), those of some nodes left out: their clocks must go like ours. */
export const speakerLines = async (
	{kube}: Pick<Testbed, 'kube'>,
	{
		ip,
		since,
		without,
	}: {
		readonly ip: string;
		readonly since: number;
		readonly without: readonly string[];
	},
): Promise<readonly SpeakerLine[]> => {
	const {items} = await kube.core.listNamespacedPod({namespace: METALLB_NAMESPACE, labelSelector: 'app=metallb,component=speaker'});
	const sinceSeconds = Math.ceil((performance.now() - since) / 1000) + 1;
	const all = items
		.filter(({spec, status}) => status?.phase === 'Running' && !without.includes(spec?.nodeName ?? ''))
		.map(async ({metadata, spec}) => {
			const text = await kube.core.readNamespacedPodLog({
				namespace: METALLB_NAMESPACE,
				name: metadata?.name ?? '',
				container: 'speaker',
				timestamps: true,
				sinceSeconds,
			});
			return text.split('\n').flatMap(line => read(line, spec?.nodeName ?? '', ip) ?? []);
		});
	return (await Promise.all(all)).flat().filter(({at}) => at >= since);
};
