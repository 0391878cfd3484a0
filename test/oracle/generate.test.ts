import test from 'ava';
import {generate} from './generate.ts';

const SEEDS = 400;
const cases = Array.from({length: SEEDS}, (_, seed) => generate(seed, 36));
const services = cases.flatMap(each => each.services);
const endpoints = cases.flatMap(each => each.slices).flatMap(slice => slice.endpoints ?? []);

test('the same seed gives the same case, another one another', t => {
	t.deepEqual(generate(3, 36), generate(3, 36));
	t.notDeepEqual(generate(3, 36), generate(4, 36));
});

for (const [what, found] of [
	['types', services.map(({spec}) => spec?.type)],
	['families', services.map(({spec}) => spec?.ipFamilies?.join())],
	['policies', services.map(({spec}) => `${spec?.type} ${spec?.internalTrafficPolicy} ${spec?.externalTrafficPolicy}`)],
	['affinity', services.map(({spec}) => spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds)],
	['health ports', services.map(({spec}) => spec?.healthCheckNodePort !== undefined)],
	['protocols', services.flatMap(({spec}) => spec?.ports ?? []).map(({protocol}) => protocol)],
	[
		'modes of addresses',
		services
			.flatMap(({status}) => status?.loadBalancer?.ingress ?? [])
			.map(({ipMode, hostname}) => `${ipMode} ${hostname !== undefined}`),
	],
	['conditions', endpoints.map(({conditions}) => `${conditions?.ready} ${conditions?.serving} ${conditions?.terminating}`)],
	['hints', endpoints.map(({hints}) => `${hints?.forZones?.length} ${hints?.forNodes?.length}`)],
	['local traffic', cases.map(({settings}) => settings.detectLocalMode)],
	['node port addresses', cases.map(({settings}) => settings.nodePortAddresses.join())],
] as const) {
	const MOST_COMMON = 0.97;
	test(`something of everything: ${what}`, t => {
		const counts = [...Map.groupBy(found as readonly unknown[], each => each).values()].map(({length}) => length);
		t.true(counts.length > 1);
		t.true(Math.max(...counts) < found.length * MOST_COMMON);
	});
}

test('what may be given once is given once', t => {
	for (const each of cases) {
		const ips = each.services.flatMap(({spec}) => spec?.clusterIPs ?? []).filter(ip => ip !== 'None');
		t.is(new Set(ips).size, ips.length);
		const ports = each.services.flatMap(({metadata, spec}) =>
			[
				...new Set((spec?.ports ?? []).flatMap(({nodePort}) => nodePort ?? [])),
				...(spec?.healthCheckNodePort ? [spec.healthCheckNodePort] : []),
			].map(number => ({number, name: metadata?.name})),
		);
		t.is(new Set(ports.map(({number}) => number)).size, ports.length);
	}
});

test('an endpoint that is told twice is told otherwise only where kube-proxy leaves no doubt', t => {
	const told = (minor: number) =>
		Array.from({length: SEEDS}, (_, seed) => generate(seed, minor))
			.flatMap(({slices}) => [
				...Map.groupBy(
					slices.flatMap(({metadata, endpoints: list}) =>
						(list ?? []).map(endpoint => ({
							key: `${metadata?.namespace}/${metadata?.name?.replace(/-\d+$/, '')} ${endpoint.addresses[0]}`,
							endpoint,
						})),
					),
					({key}) => key,
				).values(),
			])
			.filter(({length}) => length > 1);
	t.true(
		told(36).some(
			([first, second]) => first?.endpoint.conditions?.terminating !== true && second?.endpoint.conditions?.terminating === true,
		),
	);
	t.true(
		told(36).every(
			list =>
				new Set(
					list.filter(({endpoint}) => endpoint.conditions?.terminating !== true).map(({endpoint}) => JSON.stringify(endpoint)),
				).size <= 1,
		),
	);
	t.true(told(35).every(list => new Set(list.map(({endpoint}) => JSON.stringify(endpoint))).size === 1));
});
