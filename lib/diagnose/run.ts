import {DIAGNOSE_TIMEOUT_MS, FIRST_ANSWER_TIMEOUT_MS} from '../limits.ts';
import {apiError} from '../kube-error.ts';
import type {ReadKube} from '../read-kube.ts';
import {UsageError} from '../usage.ts';
import type {FactName} from './facts.ts';
import {gatherFacts} from './gather.ts';
import {snapshotOf, type Snapshot} from './snapshot.ts';

/** Why nothing can be looked at, in one line that says what to do. */
const unreachable = (server: string, line: string, code: number | undefined): UsageError => {
	if (code === 401)
		return new UsageError(
			`cannot look at ${server}: it does not know who asks (401): the token or certificate of this context is wrong or has expired`,
		);
	if (code === 403)
		return new UsageError(
			`cannot look at ${server}: this user may not list Services (403); \`vipcheck diagnose --print-role\` prints a ` +
				'ClusterRole with what is needed',
		);
	const said = line.replace(/^GET \S+: (?:no answer from \S+ )?/, '').replace(/^certificate has expired/, "the server's $&");
	return new UsageError(`cannot look at ${server}: ${said}`);
};

/**
 * Asks for something small first: whether there is an API server, and whether we may look at all. Throws UsageError, in one line, where
 * not.
 */
const refuseBlind = async (kube: ReadKube): Promise<void> => {
	try {
		await kube.bound(AbortSignal.timeout(FIRST_ANSWER_TIMEOUT_MS)).get('/api/v1/services', {limit: '1'});
	} catch (error) {
		const fault = apiError(error);
		if (!fault) throw error;
		// Overloaded is not blind: the lists may come.
		if (fault.code === 429) return;
		const late = fault.transport && /the time for looking is over/.test(fault.line);
		throw unreachable(kube.server, late ? `nothing within ${FIRST_ANSWER_TIMEOUT_MS / 1000} s` : fault.line, fault.code);
	}
};

/** Takes a snapshot of what the rules ask for, within a time limit. Throws UsageError when nothing can be looked at. */
export const takeSnapshot = async (
	kube: ReadKube,
	names: readonly FactName[],
	{signal, timeoutMs = DIAGNOSE_TIMEOUT_MS}: {signal: AbortSignal; timeoutMs?: number},
): Promise<Snapshot> => {
	const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
	await refuseBlind(kube.bound(signal));
	return snapshotOf(kube.server, await gatherFacts(kube.bound(limit), names));
};
