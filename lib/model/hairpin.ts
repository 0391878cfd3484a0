import {categorize} from './categorize.ts';
import type {Context} from './context.ts';
import {TRAITS} from './modes/traits.ts';
import type {Endpoint} from './state.ts';
import type {Packet} from './verdict.ts';

/**
 * Whether a packet comes back to its sender at an endpoint, and is masqueraded for that: a pod that saw its own address would answer itself
 * directly. nftables and ipvs keep a set of the node's own endpoints, by address, protocol and port but not by Service: one that carries no
 * node's name is in it when another Service's does.
 */
export const isHairpin = (
	{state: {mode, minor}, view, ports}: Context,
	{source, protocol}: Packet,
	{ip, port}: Pick<Endpoint, 'ip' | 'port'>,
): boolean => {
	if (ip !== source) return false;
	const hairpin = TRAITS[mode].hairpin(minor);
	return (
		hairpin === 'any' ||
		ports.some(
			each =>
				each.protocol === protocol &&
				(hairpin === 'local' ? each.endpoints : categorize(each, view).reachable).some(
					other => other.local && other.ip === ip && other.port === port,
				),
		)
	);
};
