import test from 'ava';
import type {Kube} from '../kube.ts';
import {KubeError} from '../kube-error.ts';
import {leaseOf} from './leases.ts';

/** An API server that creates a name once. */
const server = () => {
	const names = new Set<string>();
	const core = {
		createNamespacedConfigMap: async ({namespace, body}: {namespace: string; body: {metadata: {name: string}}}) => {
			const {name} = body.metadata;
			if (names.has(name))
				throw new KubeError(
					{verb: 'POST', path: `/api/v1/namespaces/${namespace}/configmaps`, server: 'x'},
					{transport: false, code: 409, body: '{}'},
				);
			names.add(name);
		},
	};
	return {core} as unknown as Kube;
};
const ask = {what: 'external-ip', count: 3, family: 'ipv4', runId: 'run', namespace: 'vipcheck-a'} as const;

test('nobody gets what another has, wherever it begins', async t => {
	const kube = server();
	const got = (await Promise.all([1, 2, 3].map(async () => leaseOf(kube, ask)))).flat();
	t.is(new Set(got).size, 9);
	t.true(
		got.every(ip => /^198\.18\.(1[2-9]\d|2[0-4]\d|25[0-4])\.\d+$/.test(ip)),
		got.join(' '),
	);
});

test('each namespace begins at a place of its own, and each kind has its own numbers', async t => {
	const [first] = await leaseOf(server(), ask);
	const [other] = await leaseOf(server(), {...ask, namespace: 'vipcheck-b'});
	t.not(first, other);
	const [balancer] = await leaseOf(server(), {...ask, what: 'balancer-ip', family: 'ipv6'});
	t.regex(balancer ?? '', /^2001:2:0:21::[\da-f]+$/);
	const ports = await leaseOf(server(), {...ask, what: 'host-port'});
	t.true(ports.every(port => port >= 18_000 && port < 28_000));
});

test('what is not there cannot be dealt out', async t => {
	const kube = server();
	await leaseOf(kube, {...ask, what: 'host-port', count: 10_000});
	await t.throwsAsync(leaseOf(kube, {...ask, what: 'host-port', count: 1}), {
		instanceOf: RangeError,
		message: 'there are only 10000 of host-port, and all are taken',
	});
});
