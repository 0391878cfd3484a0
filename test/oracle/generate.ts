import {has} from '../../lib/model/minors.ts';
import {drawOf, type Draw} from '../../lib/random.ts';
import type {Case} from './case.ts';
import {weighted} from './draws.ts';
import {nothingGiven, serviceOf} from './services.ts';
import {slicesOf} from './slices.ts';
import {FAMILIES, SERVICE_CIDRS, settingsOf, worldOf} from './world.ts';

const NAMESPACES = ['shop', 'default', 'kube-system'];
/**
 * As long as names may be; before 1.37 with the longest name of a port 127 characters, as with more than 128 kube-proxy cannot set any rule
 * of nftables at all: nft refuses the comment.
 */
const longName = (minor: number): string => 'n'.repeat(has('nftCutComments', minor) ? 63 : 31);

/** Mostly of their own; now and then the same name in several namespaces, or long ones. */
const namesOf = (draw: Draw, count: number, long: string): ReadonlyArray<{readonly name: string; readonly namespace: string}> =>
	weighted(draw, [
		[8, () => Array.from({length: count}, (_, index) => ({name: `s${index}`, namespace: draw.pick(NAMESPACES)}))],
		[2, () => Array.from({length: count}, (_, index) => ({name: 'web', namespace: `ns${index}`}))],
		[1, () => Array.from({length: count}, (_, index) => ({name: `s${index}${long}`.slice(0, long.length), namespace: long}))],
	])();

/**
 * A random case: the same seed and minor version give the same. The minor version decides only about what kube-proxy itself leaves open,
 * and about what it cannot do at all.
 */
export const generate = (seed: number, minor: number): Case => {
	const draw = drawOf(seed);
	const world = worldOf(draw);
	const given = nothingGiven();
	const services = namesOf(
		draw,
		weighted(draw, [
			[1, 0],
			[4, 1],
			[4, 2],
			[3, 3],
			[2, 5],
		]),
		longName(minor),
	).map(names => serviceOf(draw, names, given));
	return {
		services,
		slices: services.flatMap(service => slicesOf(draw, service, world, minor)),
		nodes: world.nodes,
		addresses: world.addresses,
		settings: settingsOf(draw, minor),
		serviceCIDRs: weighted(draw, [
			[5, FAMILIES.map(family => SERVICE_CIDRS[family])],
			[1, [SERVICE_CIDRS.ipv4]],
			[1, []],
			[1, [...Object.values(SERVICE_CIDRS), '172.31.0.0/16', 'fd00:172:31::/112']],
		]),
		tcpBeLiberal: draw.chance(0.2),
		nfacct: draw.chance(0.8),
	};
};
