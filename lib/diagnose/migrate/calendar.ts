import type {ClusterState} from '../../model/state.ts';

/** Something that will go, and when. */
export type Deadline = {
	readonly what: string;
	readonly when: string;
	readonly source: string;
	/** Objects of this cluster that it concerns. */
	readonly concerns: number;
};

/** What upstream has announced, counted by the objects of the cluster. */
export const calendarOf = ({mode, services}: ClusterState): readonly Deadline[] => [
	{
		what: 'kube-proxy mode ipvs',
		when: 'deprecated since 1.35, off by default in 1.40, gone in 1.43',
		source: 'https://github.com/kubernetes/enhancements/issues/5495',
		concerns: mode === 'ipvs' ? services.length : 0,
	},
	{
		what: 'nftables becomes the default mode of kube-proxy',
		when: '1.40',
		source: 'https://github.com/kubernetes/enhancements/issues/5343',
		concerns: mode === 'iptables' ? services.length : 0,
	},
	{
		what: 'Service.spec.externalIPs',
		when: 'deprecated since 1.36, not served by default in 1.40, gone in 1.43',
		source: 'https://github.com/kubernetes/enhancements/issues/5707',
		concerns: services.filter(({spec}) => (spec?.externalIPs?.length ?? 0) > 0).length,
	},
];
