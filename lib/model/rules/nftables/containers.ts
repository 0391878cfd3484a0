import type {IpFamily} from '../../../target.ts';
import type {Container, Part, Role} from '../graph.ts';
import {container, part} from '../part.ts';
import {isPortName, tableOf} from './names.ts';

/** Chains, maps and sets of kube-proxy's table are named so, in expected and actual graphs alike. */
export const whereOf = (family: IpFamily, kind: Container['kind'], name: string): string => `${tableOf(family)} ${kind} ${name}`;

const ROLES: ReadonlyArray<readonly [name: RegExp, role: Role]> = [
	[/^(?:filter|nat)-|^cluster-ips-check$|^reject-chain$/, 'frame'],
	[/^service-.*\/|^local-|^endpoint-/, 'endpoint'],
	[/^firewall-/, 'firewall'],
	[/^affinity-/, 'affinity'],
	[/^masquerading$|^hairpin-connections$|^mark-for-masquerade$/, 'masquerade'],
];

/** What a chain, map or set is there for, by its name. */
export const roleOf = (name: string): Role => ROLES.find(([pattern]) => pattern.test(name))?.[1] ?? 'dispatch';

/** Rules of one chain of a Service or of the frame come in the order in which they count. */
export const chainOf = (family: IpFamily, name: string, parts: readonly Part[], about?: string): Container =>
	container({where: whereOf(family, 'chain', name), kind: 'chain', ordered: true, role: roleOf(name), about, parts});

/** `header`: what it is declared as; elements have no order. */
export const storeOf = (
	family: IpFamily,
	kind: 'map' | 'set',
	name: string,
	{
		header,
		elements = [],
		about,
	}: {
		readonly header: readonly string[];
		readonly elements?: readonly Part[];
		readonly about?: string | undefined;
	},
): Container => {
	const role = roleOf(name);
	return container({
		where: whereOf(family, kind, name),
		kind,
		ordered: false,
		role,
		about,
		parts: [part(header, {role: isPortName(name) ? role : 'frame', about}), ...elements],
	});
};

/** What a chain on a hook is declared as. */
export const hook = (type: string, on: string, priority: number, policy = 'accept'): Part =>
	part([`type ${type}`, `hook ${on}`, `priority ${priority}`, `policy ${policy}`], {role: 'frame'});

export const setHeader = (type: string, timeoutSeconds?: number): readonly string[] => [
	`type ${type}`,
	timeoutSeconds === undefined ? '' : `timeout ${timeoutSeconds}s`,
];
export const mapHeader = (type: string, data: string): readonly string[] => [`type ${type} : ${data}`];
