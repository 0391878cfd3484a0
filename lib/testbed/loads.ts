import {withPort} from '../ip.ts';
import type {Destination, Vantage} from '../probe/vantage.ts';
import {Violation} from '../record/problem.ts';
import {orBetweenNodes} from './between-nodes.ts';
import {echoed, loadText, serveEcho, type Load} from './echo-streams.ts';
import type {Testbed} from './testbed.ts';
import type {EchoPod} from './workloads.ts';

/** Where loads are sent from and to, and the node whose rules decide. */
export type LoadWay = {
	readonly name: string;
	readonly node: string;
	readonly from: Vantage;
	readonly to: Pick<Destination, 'ip' | 'port'>;
	/**
	 * The address is one of the sender's own (ipvs, from the host network of a node): it takes the MTU of lo for that of the way. The first
	 * datagram that is too large for the way is refused with EMSGSIZE, by which it learns (ip_vs_xmit.c, ensure_mtu_is_adequate).
	 */
	readonly learnsMtu?: boolean;
};

/** Of each load so many at the same time: one that is lost takes its whole time limit. */
const COUNT = 3;

/** Echo servers for loads on a port of pods that can be sent from (`client: true`). */
export const serveLoads = async ({vantage, family}: Testbed, pods: readonly EchoPod[], port: number): Promise<void> => {
	await Promise.all(pods.map(async pod => (await vantage.inside(pod)).evaluate(serveEcho, {port, ipv6: family === 'ipv6'})));
};

/**
 * Larger datagrams go one after the other: a socket's buffer (net.core.rmem_default, 212,992 bytes, what each fragment costs counted in)
 * holds four of 30,000 bytes, and what does not fit is lost by nobody's fault.
 */
const ALONE_FROM_BYTES = 4_000;

const isAlone = ({protocol, bytes}: Load): boolean => protocol === 'UDP' && bytes >= ALONE_FROM_BYTES;

/** As the prober tells of it. */
const TOO_LARGE = /^EMSGSIZE\b/;

/** What went wrong. One after the other: the first that is lost is the last that is sent. */
const send = async ({from, to, learnsMtu = false}: LoadWay, load: Load): Promise<readonly string[]> => {
	if (!isAlone(load)) return (await Promise.all(Array.from({length: COUNT}, async () => echoed(from, to, load)))).filter(Boolean);
	for (let sent = 0; sent < COUNT; sent++) {
		const wrong = await echoed(from, to, load);
		if (wrong !== '' && !(learnsMtu && sent === 0 && TOO_LARGE.test(wrong))) return [wrong];
	}
	return [];
};

/** Side by side, or one after the other. */
const sendByAll = async (ways: readonly LoadWay[], load: Load): Promise<readonly (readonly string[])[]> => {
	if (!isAlone(load)) return Promise.all(ways.map(async way => send(way, load)));
	const wrong: (readonly string[])[] = [];
	for (const way of ways) wrong.push(await send(way, load));
	return wrong;
};

/** Sends every load by every way, some times; all must come back whole. Throws a Violation that names the ways that lose some. */
export const loadsReturn = async (testbed: Testbed, title: string, ways: readonly LoadWay[], loads: readonly Load[]): Promise<void> => {
	const goesWell = async (from: Vantage, to: LoadWay['to']): Promise<boolean> => {
		const each = await Promise.all(loads.map(async load => echoed(from, to, load)));
		return each.every(wrong => wrong === '');
	};
	await orBetweenNodes(testbed, {what: loads.map(load => loadText(load)).join(', '), goesWell}, async () => {
		const all: {readonly load: Load; readonly wrong: readonly (readonly string[])[]}[] = [];
		for (const load of loads) all.push({load, wrong: await sendByAll(ways, load)});
		const seen = ways.map((way, at) => ({...way, lost: all.map(({load, wrong}) => ({load, wrong: wrong[at] ?? []}))}));
		testbed.grid({
			title,
			columns: loads.map(load => loadText(load)),
			rows: seen.map(({name, lost}) => ({
				name,
				cells: lost.map(({wrong}) => ({mark: wrong.length > 0 ? 'X' : '.', text: wrong[0] ?? `${COUNT} of ${COUNT}`})),
			})),
		});
		const bad = seen.flatMap(({lost, ...way}) => lost.filter(({wrong}) => wrong.length > 0).map(one => ({...way, ...one})));
		if (bad.length === 0) return;
		const nodes = [...new Set(bad.map(({node}) => node))];
		throw new Violation({
			summary: `${title}: not all comes back, on ${nodes.join(', ')}`,
			expected: 'every byte that was sent',
			observed: bad.map(({name, load, wrong}) => `${name}, ${loadText(load)}: ${wrong.length} of ${COUNT}: ${wrong[0]}`).join('\n'),
			nodes,
			reproduce: bad
				.slice(0, 2)
				.map(
					({load: {protocol, bytes}, to, from}) =>
						`head -c ${bytes} /dev/zero | socat -b ${bytes} -t 2 - ${protocol}:${withPort(to.ip, to.port)} | wc -c` +
						`   # from ${from.name}`,
				),
		});
	});
};
