import {hostPort} from '../../address.ts';
import type {NodeView} from '../../node-view.ts';
import {nameOf} from '../../state.ts';
import type {Endpoint, IpvsConfig, Protocol, ServicePort} from '../../state.ts';
import type {Container, Part, Role} from '../graph.ts';
import {container, part} from '../part.ts';
import {policyOf} from '../policy.ts';

/** `ipvs TCP 10.96.0.10:53`. */
export const serverPlace = (protocol: Protocol, address: string, port: number): string => `ipvs ${protocol} ${hostPort(address, port)}`;

/** Options of a virtual server, with what they are there for: `-s rr`, `-p 10800` and so on, in ipvsadm's words. */
const OPTION_ROLES = {'-s': 'endpoint', '-b': 'endpoint', '-o': 'endpoint', '-p': 'affinity', '-M': 'affinity'} as const satisfies Readonly<
	Record<string, Role>
>;
export const optionPart = (option: keyof typeof OPTION_ROLES, value: string, about?: string): Part =>
	part([option, value], {role: OPTION_ROLES[option], about});

type RealServer = {
	readonly ip: string;
	readonly port: number;
	readonly way: '-m' | '-i' | '-g';
	readonly weight: number;
	/** Of the connections of its virtual server; left out: takes none, or otherwise than kube-proxy means. */ readonly share?: number;
};

/** A real server in ipvsadm's words. Of two with the same address one is the other that was changed. */
export const realServerPart = ({ip, port, way, weight, share}: RealServer, about?: string): Part => {
	const [to, how] = [hostPort(ip, port), `${way} -w ${weight}`];
	return {
		...part([`-r ${ip}`, `${port} ${how}`], {role: 'endpoint', about, ...(share !== undefined && {share: {to, of: share}})}),
		text: `-r ${to} ${how}`,
	};
};

export const serverContainer = (where: string, parts: readonly Part[], about?: string): Container =>
	container({where, kind: 'set', ordered: false, role: 'dispatch', about, parts});

/** The real servers of a virtual server that take a share of its connections, `ip:port` each. */
export const targetsOf = ({parts}: Container): readonly string[] => parts.flatMap(({share}) => share?.to ?? []);

/** Where a port is reached, in kube-proxy's order: of two virtual servers in one place the later stays. */
const placesOf = (
	{clusterIP, externalIPs, loadBalancerVIPs, port, nodePort, internalLocal, externalLocal}: ServicePort,
	nodeIps: readonly string[],
): ReadonlyArray<readonly [address: string, port: number, local: boolean]> => [
	[clusterIP, port, internalLocal],
	...[...externalIPs, ...loadBalancerVIPs].map(ip => [ip, port, externalLocal] as const),
	...(nodePort === undefined ? [] : nodeIps.map(ip => [ip, nodePort, externalLocal] as const)),
];

/** The virtual servers of one port by their place (syncService, syncEndpoint of pkg/proxy/ipvs/proxier.go). */
const serversOf = (port: ServicePort, view: NodeView, nodeIps: readonly string[], scheduler: string): ReadonlyMap<string, Container> => {
	const about = nameOf(port);
	const {cluster, local} = policyOf(port, view);
	const options = [
		optionPart('-s', scheduler, about),
		...(port.affinitySeconds === undefined ? [] : [optionPart('-p', String(port.affinitySeconds), about)]),
		// The flag 0x10, which is the source's port's for this scheduler.
		...(scheduler === 'mh' ? [optionPart('-b', 'mh-port', about)] : []),
	];
	const realServers = (endpoints: readonly Endpoint[]): readonly Part[] =>
		endpoints.map(({ip, port: number}) => realServerPart({ip, port: number, way: '-m', weight: 1, share: 1 / endpoints.length}, about));
	return new Map(
		placesOf(port, nodeIps).map(([address, number, isLocal]) => {
			const where = serverPlace(port.protocol, address, number);
			// Without a local endpoint all of them (kubernetes#97081).
			return [where, serverContainer(where, [...options, ...realServers(isLocal && local.length > 0 ? local : cluster)], about)];
		}),
	);
};

/**
 * All virtual servers. Where ports of several Services claim one place, any of them may be there: kube-proxy takes them in no particular
 * order, and the last one stays.
 */
export const virtualServers = (
	ports: readonly ServicePort[],
	view: NodeView,
	nodeIps: readonly string[],
	{scheduler}: Pick<IpvsConfig, 'scheduler'>,
): readonly Container[] =>
	[
		...Map.groupBy(
			ports.flatMap(port => [...serversOf(port, view, nodeIps, scheduler).values()]),
			({where}) => where,
		).values(),
	].flatMap(([first, ...others]) => (first ? [others.length === 0 ? first : {...first, or: others}] : []));
