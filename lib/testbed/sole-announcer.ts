import {setTimeout as pause} from 'node:timers/promises';
import {Violation} from '../record/problem.ts';
import {answering, type ArpWatch} from './arp-watch.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** Thirty questions. */
const LISTEN_MS = 3000;

/** Who answers ARP for an address now: by MAC, with its node. */
export const whoAnswers = async (
	{signal}: Pick<Testbed, 'signal'>,
	{seen, owners}: Pick<ArpWatch, 'seen' | 'owners'>,
	ip: string,
): Promise<
	readonly {
		readonly mac: string;
		readonly node: string | undefined;
		readonly count: number;
	}[]
> => {
	const since = performance.now();
	await pause(LISTEN_MS, undefined, {signal});
	return answering({seen}, ip, since).map(mac => ({
		mac,
		node: owners.get(mac)?.name,
		count: seen.filter(one => one.mac === mac && one.ip === ip && one.kind === 'answer' && one.at >= since).length,
	}));
};

/**
 * Asks thirty times who has an address: one node must answer, and no other machine. Nobody is a Violation of layer `lb`, somebody else of
 * layer `link`.
 */
export const soleAnnouncer = async (
	testbed: Pick<Testbed, 'nodes' | 'signal' | 'grid' | 'step'>,
	watch: Pick<ArpWatch, 'seen' | 'owners'>,
	ip: string,
	node: Pick<TestNode, 'name'>,
): Promise<void> => {
	testbed.step(`who answers ARP for ${ip}, asked ten times a second from the host outside`);
	const answers = await whoAnswers(testbed, watch, ip);
	const told = answers.map(({mac, node: name = 'no node'}) => `${name} (${mac})`);
	testbed.grid({
		title: `Answers for ${ip}`,
		columns: ['of 30 questions'],
		rows: answers.map(({node: name, count}, index) => ({
			name: told[index] ?? '',
			cells: [{mark: name === node.name ? '.' : 'X', text: String(count)}],
		})),
	});
	const others = answers.flatMap(({node: name}, index) => (name === node.name ? [] : [{name, text: told[index] ?? ''}]));
	if (answers.length === 1 && others.length === 0) return;
	const detail =
		answers.length === 0
			? `no speaker answers for ${ip}, which ${node.name} announced`
			: `${others.map(({text}) => text).join(', ')} answers for ${ip}, which ${node.name} announces`;
	throw new Violation({
		summary: answers.length === 0 ? `nobody answers ARP for ${ip}` : `others than ${node.name} answer ARP for ${ip}`,
		expected: `answers of ${node.name} alone`,
		observed: told.join(', ') || 'no answer',
		layer: {name: answers.length === 0 ? 'lb' : 'link', detail},
		nodes: answers.length === 0 ? testbed.nodes.map(({name}) => name) : others.flatMap(({name}) => name ?? []),
		reproduce: [`arping -D -c 3 -I eth0 ${ip}   # on the host outside`],
	});
};
