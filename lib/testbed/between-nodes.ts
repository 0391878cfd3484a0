import type {Destination, Vantage} from '../probe/vantage.ts';
import type {Problem} from '../record/events.ts';
import {Violation} from '../record/problem.ts';
import {serveEcho} from './echo-streams.ts';
import type {Testbed} from './testbed.ts';

/** Whether something goes well, asked of an echo server (`serveEcho`) in a node's own network. */
type Trial = {readonly what: string; goesWell(from: Vantage, to: Pick<Destination, 'ip' | 'port'>): Promise<boolean>};

type Pair = {readonly from: string; readonly to: string};

/** The nodes that are at one end of each of these ways; where no node is, all that are at one. */
export const commonNodes = (pairs: readonly Pair[]): readonly string[] => {
	const all = [...new Set(pairs.flatMap(({from, to}) => [from, to]))];
	const common = all.filter(node => pairs.every(({from, to}) => from === node || to === node));
	return common.length > 0 ? common : all;
};

const lostWays = async (testbed: Testbed, {goesWell}: Trial): Promise<readonly Pair[]> => {
	const {nodes, vantage, family} = testbed;
	const ports = await testbed.lease('host-port', nodes.length);
	const places = await Promise.all(
		nodes.map(async ({name, ip}, index) => {
			const [place, port = 0] = [await vantage.node(name), ports[index]];
			await place.evaluate(serveEcho, {port, ipv6: family === 'ipv6'});
			return {name, place, to: {ip, port}};
		}),
	);
	const pairs = places.flatMap(from => places.filter(({name}) => name !== from.name).map(to => ({from, to})));
	const tried = await Promise.all(
		pairs.map(async ({from, to}) => ({from: from.name, to: to.name, isLost: !(await goesWell(from.place, to.to))})),
	);
	return tried.filter(({isLost}) => isLost);
};

/**
 * Does some work, and where it finds the cluster at fault tries the same between the nodes themselves, without Services and
 * without pods: what is lost there too is the network's doing, and the node that all lost ways have in common is named.
 * Otherwise the Violation is as it was.
 */
export const orBetweenNodes = async <T>(testbed: Testbed, trial: Trial, work: () => Promise<T>): Promise<T> => {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof Violation) || error.problem.layer) throw error;
		const lost = await lostWays(testbed, trial);
		if (lost.length === 0) throw error;
		const nodes = commonNodes(lost);
		const ways = lost.map(({from, to}) => `${from} to ${to}`).join(', ');
		const problem: Problem = {
			...error.problem,
			summary: `${error.problem.summary}; also without a Service, at ${nodes.join(', ')}`,
			nodes,
			layer: {name: 'link', detail: `${trial.what}: lost between the nodes themselves, without Services and pods: ${ways}`},
		};
		throw new Violation(problem);
	}
};
