import type {IpFamily} from '../../../target.ts';
import type {Container, Part, Role} from '../graph.ts';
import {container, part} from '../part.ts';

type Type = 'hash:ip' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'bitmap:port';

/**
 * All ipsets of ipvs mode, without the beginning of their names (ipsetInfo of pkg/proxy/ipvs/proxier.go). kube-proxy makes them all,
 * whether they hold something or not.
 */
export const IPSETS = {
	'LOOP-BACK': ['hash:ip,port,ip', 'masquerade'],
	'CLUSTER-IP': ['hash:ip,port', 'dispatch'],
	'EXTERNAL-IP': ['hash:ip,port', 'dispatch'],
	'EXTERNAL-IP-LOCAL': ['hash:ip,port', 'dispatch'],
	'LOAD-BALANCER': ['hash:ip,port', 'dispatch'],
	'LOAD-BALANCER-FW': ['hash:ip,port', 'firewall'],
	'LOAD-BALANCER-LOCAL': ['hash:ip,port', 'dispatch'],
	'LOAD-BALANCER-SOURCE-IP': ['hash:ip,port,ip', 'firewall'],
	'LOAD-BALANCER-SOURCE-CIDR': ['hash:ip,port,net', 'firewall'],
	'NODE-PORT-TCP': ['bitmap:port', 'dispatch'],
	'NODE-PORT-LOCAL-TCP': ['bitmap:port', 'dispatch'],
	'NODE-PORT-UDP': ['bitmap:port', 'dispatch'],
	'NODE-PORT-LOCAL-UDP': ['bitmap:port', 'dispatch'],
	'NODE-PORT-SCTP-HASH': ['hash:ip,port', 'dispatch'],
	'NODE-PORT-LOCAL-SCTP-HASH': ['hash:ip,port', 'dispatch'],
	'HEALTH-CHECK-NODE-PORT': ['bitmap:port', 'health'],
	'IPVS-IPS': ['hash:ip', 'firewall'],
} as const satisfies Readonly<Record<string, readonly [type: Type, role: Role]>>;

export type SetKey = keyof typeof IPSETS;
export const SET_KEYS = Object.keys(IPSETS) as readonly SetKey[];

/** The kernel's names have 31 characters at most (NewIPSet of pkg/proxy/ipvs/ipset.go). */
const LONGEST_NAME = 31;

export const setName = (key: SetKey, family: IpFamily): string => `KUBE-${family === 'ipv6' ? '6-' : ''}${key}`.slice(0, LONGEST_NAME);

const KEYS = {
	ipv4: new Map(SET_KEYS.map(key => [setName(key, 'ipv4'), key])),
	ipv6: new Map(SET_KEYS.map(key => [setName(key, 'ipv6'), key])),
} as const satisfies Readonly<Record<IpFamily, ReadonlyMap<string, SetKey>>>;

/** Which of kube-proxy's sets of a family has that name; undefined: none. Others also have sets whose names begin with KUBE-. */
export const setKey = (name: string, family: IpFamily): SetKey | undefined => KEYS[family].get(name);

/** What a set is: of another kind, size or with other extensions kube-proxy could not make it its own, and would stop there. */
export const headerPart = (header: string): Part => part(['create', header], {role: 'frame'});

const headerOf = (type: Type, family: IpFamily): string =>
	type === 'bitmap:port' ? `${type} range 0-65535` : `${type} family ${family === 'ipv6' ? 'inet6' : 'inet'} maxelem 65536`;

/** One entry as ipset prints it. Of two with the same first part one is the other that was changed. */
export const entryPart = (entry: string, of: {readonly role: Role; readonly about?: string | undefined}): Part => {
	const [first = '', ...rest] = entry.split(',');
	return {...part([first, rest.join(',')], of), text: entry};
};

/** A network as ipset prints it: the length of a single address is left out. */
export const ipsetCidr = (cidr: string): string => cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '');

export const setContainer = (key: SetKey, family: IpFamily, parts: readonly Part[]): Container =>
	container({where: `ipset ${setName(key, family)}`, kind: 'set', ordered: false, role: IPSETS[key][1], parts});

/** One entry of one set, and the port of a Service that asks for it. */
export type Entry = readonly [set: SetKey, entry: string, about: string | undefined];

/** All sets of a family with their entries, each once: several ports may ask for the same. */
export const ipsets = (entries: readonly Entry[], family: IpFamily): readonly Container[] => {
	const bySet = Map.groupBy(entries, ([key]) => key);
	return SET_KEYS.map(key => {
		const [type, role] = IPSETS[key];
		const abouts = new Map((bySet.get(key) ?? []).toReversed().map(([, entry, about]) => [entry, about]));
		return setContainer(key, family, [
			headerPart(headerOf(type, family)),
			...[...abouts].map(([entry, about]) => entryPart(entry, {role, about})),
		]);
	});
};
