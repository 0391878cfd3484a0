import test from 'ava';
import type {Resolved, Vantage} from '../probe/vantage.ts';
import {Violation} from '../record/problem.ts';
import {resolversAgree} from './resolvers.ts';

const testbed = {family: 'ipv6', number: () => undefined, grid: () => undefined} as never;
const asking = (resolved: Resolved): Vantage => ({name: 'a pod', resolve: async () => Promise.resolve(resolved)}) as unknown as Vantage;
const NAMES = [{name: 'kube-dns.kube-system', means: {name: 'kube-dns.kube-system.svc.cluster.local', type: 'AAAA', answers: []}}] as never;

test('a name without an address of the family is not there, by whichever word a resolver says so', async t => {
	for (const code of ['ENOTFOUND', 'ENODATA']) await t.notThrowsAsync(resolversAgree(testbed, [asking({code, ms: 1})], NAMES), code);
	await t.throwsAsync(resolversAgree(testbed, [asking({code: 'EAI_AGAIN', ms: 1})], NAMES), {instanceOf: Violation});
	await t.throwsAsync(resolversAgree(testbed, [asking({addresses: ['fd00::1'], ms: 1})], NAMES), {instanceOf: Violation});
});
