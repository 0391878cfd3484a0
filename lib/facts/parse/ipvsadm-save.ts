import {remainder, type Remainder} from './remainder.ts';
import {hostPort} from './host-port.ts';
import {wordsOf} from './words.ts';

export type IpvsDestination = {
	readonly address: string;
	readonly port: number;
	/** kube-proxy uses masquerading alone. */
	readonly forwarding: 'masquerading' | 'tunnel' | 'route';
	readonly weight: number;
	readonly line: number;
};

export type IpvsService = {
	readonly protocol: 'TCP' | 'UDP' | 'SCTP';
	readonly address: string;
	readonly port: number;
	readonly scheduler: string;
	/** Seconds that a client stays with its destination; undefined: it does not. */
	readonly persistentSeconds?: number;
	/** Prefix length or mask of clients that count as one. */
	readonly persistentMask?: string;
	readonly onePacket: boolean;
	/** Of the scheduler: `sh-port`, `flag-1`. */
	readonly schedulerFlags: readonly string[];
	readonly line: number;
	readonly destinations: readonly IpvsDestination[];
};

export type IpvsDump = {readonly services: readonly IpvsService[]; readonly remainder: readonly Remainder[]};

type Draft = Omit<IpvsService, 'destinations'> & {readonly destinations: IpvsDestination[]};

const PROTOCOLS: Readonly<Record<string, IpvsService['protocol']>> = {'-t': 'TCP', '-u': 'UDP', '--sctp-service': 'SCTP'};
const FORWARDING: Readonly<Record<string, IpvsDestination['forwarding']>> = {'-m': 'masquerading', '-i': 'tunnel', '-g': 'route'};
const WITH_VALUE = ['-t', '-u', '--sctp-service', '-s', '-p', '-M', '-b', '-r', '-w', '-x', '-y'];
const WITHOUT = ['-A', '-a', '-o', '--ops', '-m', '-i', '-g'];

/** Undefined for options that are not known. */
const optionsOf = (words: readonly string[]): ReadonlyMap<string, string> | undefined => {
	const options = new Map<string, string>();
	for (let at = 0; at < words.length; at++) {
		const word = words[at]!;
		const value = words[at + 1];
		if (options.has(word)) return undefined;
		if (WITHOUT.includes(word)) options.set(word, '');
		else if (!WITH_VALUE.includes(word) || value === undefined) return undefined;
		else options.set(word, words[++at]!);
	}
	return options;
};

const whole = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);

/**
 * Reads the text of `ipvsadm-save -n`: `-A -t 10.96.0.1:443 -s rr -p 10800`, `-a -t 10.96.0.1:443 -r 172.18.0.2:6443 -m -w 1`.
 * Total: firewall marks, options that are not known and destinations of a service that is not there are in `remainder`.
 * Written from ipvsadm(8) and its source (print_service_entry with FMT_RULE), not from a recording.
 */
export const parseIpvsadmSave = (text: string): IpvsDump => {
	const services = new Map<string, Draft>();
	const odd: Remainder[] = [];
	const read = (source: string, line: number): string | undefined => {
		const words = wordsOf(source, true)?.map(({word}) => word);
		if (words?.length === 0) return undefined;
		const options = words && optionsOf(words);
		if (!options || options.has('-A') === options.has('-a')) return 'not a line of ipvsadm-save with options that are known';
		const [flag, protocol, ...more] = Object.keys(PROTOCOLS)
			.filter(one => options.has(one))
			.flatMap(one => [one, PROTOCOLS[one]!]);
		const at = hostPort(options.get(flag ?? '') ?? '');
		if (!protocol || more.length > 0 || !at) return 'no address of a service';
		const key = `${protocol} ${at.host} ${at.port}`;
		const service = services.get(key);
		if (options.has('-A')) {
			if (service) return 'the service occurs twice';
			const scheduler = options.get('-s');
			const persistentSeconds = whole(options.get('-p'));
			if (scheduler === undefined || (options.has('-p') && persistentSeconds === undefined))
				return 'no scheduler, or no time of persistence';
			services.set(key, {
				protocol: protocol as Draft['protocol'],
				address: at.host,
				port: at.port,
				scheduler,
				...(persistentSeconds === undefined ? {} : {persistentSeconds}),
				...(options.has('-M') ? {persistentMask: options.get('-M') ?? ''} : {}),
				onePacket: options.has('-o') || options.has('--ops'),
				schedulerFlags: options.get('-b')?.split(',') ?? [],
				line,
				destinations: [],
			});
			return undefined;
		}
		if (!service) return 'the service of this destination is not there';
		const to = hostPort(options.get('-r') ?? '');
		const weight = whole(options.get('-w'));
		const [way, ...ways] = Object.keys(FORWARDING).filter(one => options.has(one));
		if (!to || weight === undefined || way === undefined || ways.length > 0) return 'no address, way or weight of a destination';
		service.destinations.push({address: to.host, port: to.port, forwarding: FORWARDING[way]!, weight, line});
		return undefined;
	};
	for (const [index, line] of text.split('\n').entries()) {
		const why = read(line, index + 1);
		if (why !== undefined) odd.push(remainder(index + 1, line, why));
	}
	return {services: [...services.values()], remainder: odd};
};
