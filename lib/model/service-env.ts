import type {V1Service} from '@kubernetes/client-node';
import {hostPort} from './address.ts';

const wordOf = (name: string): string => name.toUpperCase().replaceAll('-', '_');

type Variable = readonly [name: string, value: string];

const linksOf = ({metadata, spec}: V1Service): readonly Variable[] => {
	const word = wordOf(metadata?.name ?? '');
	const ip = spec?.clusterIP ?? '';
	return (spec?.ports ?? []).flatMap(({name, port, protocol = 'TCP'}, index): readonly Variable[] => {
		const proto = protocol.toLowerCase();
		const url = `${proto}://${hostPort(ip, port)}`;
		const link = `${word}_PORT_${port}_${protocol}`;
		const first: readonly Variable[] = [
			[`${word}_SERVICE_HOST`, ip],
			[`${word}_SERVICE_PORT`, String(port)],
			[`${word}_PORT`, url],
		];
		const named: readonly Variable[] = name ? [[`${word}_SERVICE_PORT_${wordOf(name)}`, String(port)]] : [];
		return [
			...(index === 0 ? first : []),
			...named,
			[link, url],
			[`${link}_PROTO`, proto],
			[`${link}_PORT`, String(port)],
			[`${link}_ADDR`, ip],
		];
	});
};

/** The Service of the API server, which every container is told of. */
const isMaster = ({metadata}: V1Service): boolean => metadata?.namespace === 'default' && metadata.name === 'kubernetes';

/**
 * The variables that kubelet gives a container that starts now: of the Services with a cluster address in its pod's namespace.
 * pkg/kubelet/envvars/envvars.go, getServiceEnvVarMap of pkg/kubelet/kubelet_pods.go
 */
export const serviceEnvironment = (services: readonly V1Service[], namespace: string): ReadonlyMap<string, string> =>
	new Map(
		services
			.filter(service => isMaster(service) || service.metadata?.namespace === namespace)
			// One of the namespace with the name of the API server's goes before it.
			.toSorted((a, b) => Number(a.metadata?.namespace === namespace) - Number(b.metadata?.namespace === namespace))
			.filter(({spec}) => spec?.type !== 'ExternalName' && spec?.clusterIP && spec.clusterIP !== 'None')
			.flatMap(service => linksOf(service)),
	);

/** Whether a variable has the name of one that tells of a Service. */
export const isOfService = (name: string): boolean =>
	/_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?$/.test(name);
