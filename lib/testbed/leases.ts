import {createHash} from 'node:crypto';
import {apiError} from '../kube-error.ts';
import type {Kube} from '../kube.ts';
import type {IpFamily} from '../target.ts';
import {CLIENT_NAMESPACE, RUN_LABEL} from './clients.ts';

/** What can be had, and the number that each is at its place. */
export type Leases = {
	/** An address that no network routes: of the ranges for benchmarks (RFC 2544, RFC 5180). */
	readonly 'external-ip': string;
	readonly 'balancer-ip': string;
	/** Below the range of node ports and that of ports that clients choose. */
	readonly 'host-port': number;
};

/** Beyond the addresses that the seeds of suites/rules/shapes take of the same ranges. */
const ADDRESS = {
	ipv4: (net: number, n: number): string => `198.${net === 0 ? 18 : 19}.${128 + (n >> 8)}.${n & 0xff}`,
	ipv6: (net: number, n: number): string => `2001:2:0:${net === 0 ? 20 : 21}::${(n + 1).toString(16)}`,
};

type Stock<T> = {readonly size: number; at(n: number, family: IpFamily): T};

const STOCKS: {readonly [What in keyof Leases]: Stock<Leases[What]>} = {
	'external-ip': {size: 0x7f00, at: (n, family) => ADDRESS[family](0, n)},
	'balancer-ip': {size: 0x7f00, at: (n, family) => ADDRESS[family](1, n)},
	'host-port': {size: 10_000, at: n => 18_000 + n},
};

/** Takes one number, or answers false where somebody has it. The API server is the judge: a name can be created once. */
const take = async (kube: Kube, name: string, runId: string): Promise<boolean> => {
	try {
		await kube.core.createNamespacedConfigMap({
			namespace: CLIENT_NAMESPACE,
			body: {metadata: {name, labels: {[RUN_LABEL]: runId}}},
		});
		return true;
	} catch (error) {
		if (apiError(error)?.code === 409) return false;
		throw error;
	}
};

/**
 * Deals out what is left of a stock, to one holder after the other, whatever process it is in. It goes with the run's own namespace, not
 * with the check: what a check had may still be in use while its namespace goes. Each namespace begins at a place of its own, so nobody
 * gets what an earlier run had a moment ago.
 */
export const leaseOf = async <What extends keyof Leases>(
	kube: Kube,
	{
		what,
		count,
		family,
		runId,
		namespace,
	}: {
		what: What;
		count: number;
		family: IpFamily;
		runId: string;
		namespace: string;
	},
): Promise<readonly Leases[What][]> => {
	const {size, at} = STOCKS[what];
	const begin = createHash('sha256').update(`${namespace} ${what}`).digest().readUInt32BE() % size;
	const got: Leases[What][] = [];
	for (let tried = 0; tried < size && got.length < count; tried++) {
		const number = (begin + tried) % size;
		if (await take(kube, `lease-${what}-${number}`, runId)) got.push(at(number, family));
	}
	if (got.length < count) throw new RangeError(`there are only ${size} of ${what}, and all are taken`);
	return got;
};
