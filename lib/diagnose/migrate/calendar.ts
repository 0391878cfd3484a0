import type {ClusterState} from '../../model/state.ts';
import type {Mode} from '../../target.ts';

/** Something that will go, and when. */
export type Deadline = {
	readonly what: string;
	readonly when: string;
	readonly source: string;
	/** Objects of this cluster that it concerns. */
	readonly concerns: number;
};

/** What upstream has announced of modes: `mode` is that of the clusters which it concerns, with all of their Services. */
const OF_MODES: readonly (Omit<Deadline, 'concerns'> & {readonly mode: Mode})[] = [
	{
		mode: 'ipvs',
		what: 'kube-proxy mode ipvs',
		when: 'deprecated since 1.35, off by default in 1.40, gone in 1.43',
		source: 'https://github.com/kubernetes/enhancements/issues/5495',
	},
	{
		mode: 'iptables',
		what: 'nftables becomes the default mode of kube-proxy',
		when: '1.40',
		source: 'https://github.com/kubernetes/enhancements/issues/5343',
	},
];

/** What upstream has announced, counted by the objects of the cluster. */
export const calendarOf = ({mode, services}: ClusterState): readonly Deadline[] => [
	...OF_MODES.map(({mode: concerned, ...deadline}) => ({...deadline, concerns: concerned === mode ? services.length : 0})),
	{
		what: 'Service.spec.externalIPs',
		when: 'deprecated since 1.36, not served by default in 1.40, gone in 1.43',
		source: 'https://github.com/kubernetes/enhancements/issues/5707',
		concerns: services.filter(({spec}) => (spec?.externalIPs?.length ?? 0) > 0).length,
	},
];
