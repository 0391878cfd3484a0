import {cidrHolds} from './address.ts';
import type {Context} from './context.ts';
import {categorize} from './categorize.ts';
import {TRAITS} from './modes/traits.ts';
import {isLocal, takesNodePorts} from './node-view.ts';
import type {ServicePort} from './state.ts';
import type {Backend, Packet, Verdict, VerdictPart} from './verdict.ts';

type Refusal = 'refused' | 'dropped';
/** Where a translated packet goes, and whether kube-proxy has marked it for masquerading. */
type Onward = {
	readonly packet: Packet;
	readonly backend: Backend;
	readonly marked: boolean;
};

/** What becomes of traffic to addresses of a port: to its cluster address, and to its external ones and its node port. */
const refusalsOf = ({view}: Context, port: ServicePort): {readonly internal?: Refusal; readonly external?: Refusal} => {
	const {local = [], hasAny} = categorize(port, view);
	if (!hasAny) return {internal: 'refused', external: 'refused'};
	return local.length > 0 ? {} : {...(port.internalLocal && {internal: 'dropped'}), ...(port.externalLocal && {external: 'dropped'})};
};

const isOutside = ({externalIPs, loadBalancerVIPs}: ServicePort, ip: string): boolean =>
	externalIPs.includes(ip) || loadBalancerVIPs.includes(ip);

/**
 * iptables hooks KUBE-SERVICES into FORWARD and OUTPUT, KUBE-EXTERNAL-SERVICES into INPUT and FORWARD, KUBE-PROXY-FIREWALL into all three;
 * KUBE-FORWARD lets through before the first two what is marked.
 */
const byIptables = (context: Context, {packet: {from, protocol}, backend: {ip, port: number}, marked}: Onward): Refusal | undefined => {
	const {view, ports} = context;
	const comesIn = isLocal(view, ip);
	const isForwarded = !comesIn && from !== 'node';
	const same = ports.filter(port => port.port === number && port.protocol === protocol);
	if (same.some(port => port.loadBalancerVIPs.includes(ip) && port.sourceRanges.length > 0 && categorize(port, view).hasAny))
		return 'dropped';
	if (isForwarded && marked) return undefined;
	const internal =
		isForwarded || from === 'node'
			? same.filter(({clusterIP}) => clusterIP === ip).map(port => refusalsOf(context, port).internal)
			: [];
	const external =
		isForwarded || comesIn
			? [
					...same.filter(port => isOutside(port, ip)),
					...ports.filter(port => comesIn && port.nodePort === number && port.protocol === protocol),
				].map(port => refusalsOf(context, port).external)
			: [];
	return [...internal, ...external].find(refusal => refusal !== undefined);
};

/**
 * nftables hooks service-endpoints-check into input, forward and output, nodeport-endpoints-check into input alone, cluster-ips-check into
 * the other two.
 */
const byNftables = (context: Context, {packet: {from, protocol}, backend: {ip, port: number}}: Onward): Refusal | undefined => {
	const {state, view, ports} = context;
	const comesIn = isLocal(view, ip);
	const same = ports.filter(port => port.port === number && port.protocol === protocol);
	const found = [
		...(comesIn && takesNodePorts(state, view, ip)
			? ports.filter(port => port.nodePort === number && port.protocol === protocol)
			: []
		).map(port => refusalsOf(context, port).external),
		...same.filter(({clusterIP}) => clusterIP === ip).map(port => refusalsOf(context, port).internal),
		...same.filter(port => isOutside(port, ip)).map(port => refusalsOf(context, port).external),
	].find(refusal => refusal !== undefined);
	if (found || (comesIn && from !== 'node')) return found;
	if (ports.some(({clusterIP}) => clusterIP === ip)) return 'refused';
	return (state.serviceCIDRs ?? []).some(cidr => cidrHolds(cidr, ip)) ? 'dropped' : undefined;
};

/**
 * What kube-proxy's filter makes of packets that it has itself sent to backends: its refusals ask for an address and a port, not for how a
 * packet came to have them. So an endpoint is out of reach that has the address and port of a Service without endpoints, say.
 */
export const afterTranslation = (context: Context, packet: Packet, verdict: Verdict, isMarked: (backend: Backend) => boolean): Verdict => {
	if (verdict.kind !== 'backends') return verdict;
	const refusal = {rules: byIptables, checks: byNftables}[TRAITS[context.state.mode].refusals];
	const refused = verdict.backends.map(backend => ({backend, kind: refusal(context, {packet, backend, marked: isMarked(backend)})}));
	if (refused.every(({kind}) => kind === undefined)) return verdict;
	const parts = refused.map(({backend, kind}): VerdictPart => ({
		probability: backend.probability,
		verdict: kind
			? {kind, because: `${backend.ip}:${backend.port} is an address of Services, too`}
			: {...verdict, backends: [{...backend, probability: 1}]},
	}));
	const [first] = parts;
	return first && refused.every(({kind}) => kind === refused[0]?.kind) ? first.verdict : {kind: 'mixed', because: verdict.because, parts};
};
