import check from '../../lib/check/check.ts';
import type {ExpectedAnswer} from '../../lib/dns-record.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';
import type {Resolved, Vantage} from '../../lib/probe/vantage.ts';
import {Violation} from '../../lib/record/problem.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {handMadeSlice} from '../../lib/testbed/hand-made-slice.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {dnsFollows} from '../../lib/testbed/lookups.ts';
import {withMusl} from '../../lib/testbed/musl.ts';
import {createAskingPod, podReady} from '../../lib/testbed/pods.ts';
import {resolversAgree} from '../../lib/testbed/resolvers.ts';
import {tcpDnsStopsOn} from '../../lib/testbed/tcp-dns.ts';
import type {RowRecorder, Testbed} from '../../lib/testbed/testbed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

/** So many addresses of either family are more than the 512 bytes of a datagram without EDNS, and fewer than the 48 that musl takes. */
const MANY = 40;
const PORTS = [{name: 'http', port: 80, targetPort: 8080}];

const textOf = (resolved: Resolved): string => ('code' in resolved ? resolved.code : `${resolved.addresses.length} addresses`);

/** Both resolvers of a pod on every node get all addresses of a long answer. */
const allOfMany = async (testbed: Testbed, recorder: RowRecorder, many: ExpectedAnswer): Promise<void> => {
	const {nodes, vantage, family} = testbed;
	const wanted = many.answers.map(({data}) => data).sort();
	const isWhole = (resolved: Resolved): boolean => 'addresses' in resolved && [...resolved.addresses].sort().join() === wanted.join();
	const verdicts = await Promise.all(
		nodes.map(async node => {
			const glibc = await vantage.pod(node.name);
			const [own, musl] = await Promise.all(
				[glibc, await withMusl(testbed, glibc)].map(async place => place.resolve(many.name, family)),
			);
			const text = `glibc ${own ? textOf(own) : ''}, musl ${musl ? textOf(musl) : ''}`;
			return {node: node.name, text, wrong: [own, musl].every(one => one && isWhole(one)) ? undefined : text};
		}),
	);
	const suspected = nodes.filter(({name}) => verdicts.some(({node, wrong}) => node === name && wrong !== undefined));
	const [stop] = (await Promise.all(suspected.map(async node => tcpDnsStopsOn(testbed, node)))).flat();
	if (stop !== undefined) recorder.step(`stops DNS over TCP: ${stop}`);
	judgeNodes(
		recorder,
		{
			title: `Addresses of ${MANY}, by an answer of more than 512 bytes`,
			expected: `all ${MANY} by either resolver`,
			...(stop !== undefined && {layer: 'host-firewall'}),
			reproduce: `dig +noedns ${many.name} ${many.type}`,
		},
		verdicts,
	);
};

/** With ndots 1 a name with a dot is looked up as it is; glibc then goes on with the search path, musl does not. */
const goesOn = async (testbed: Testbed, recorder: RowRecorder, places: readonly Vantage[], own: ExpectedAnswer): Promise<void> => {
	const {family, namespace} = testbed;
	const [glibc, musl] = places;
	if (!glibc || !musl) return;
	await resolversAgree(
		{...recorder, family},
		[glibc, musl],
		[
			{name: 'echo', means: own},
			{name: own.name, means: own},
		],
	);
	const half = `echo.${namespace}`;
	await resolversAgree({...recorder, family}, [glibc], [{name: half, means: own}]);
	const resolved = await musl.resolve(half, family);
	recorder.step(`musl makes of ${half}: ${textOf(resolved)}, after ${resolved.ms} ms`);
	if ('code' in resolved) return;
	throw new Violation({
		summary: `musl finds ${half} though it has as many dots as ndots`,
		expected: 'an error: musl does not try the search path for it',
		observed: resolved.addresses.join(', '),
		layer: {name: 'dns', detail: `${half} is answered as it is, outside of the cluster's domain`},
		reproduce: [`dig ${half}. ${own.type}`],
	});
};

export default check(
	{
		title: 'What resolvers of glibc and of musl (Alpine) make of the names of Services',
		refs: [
			'https://wiki.musl-libc.org/functional-differences-from-glibc.html',
			'https://git.musl-libc.org/cgit/musl/tree/src/network/lookup_name.c',
			'https://www.openwall.com/lists/musl/2023/05/02/1',
		],
		needs: ['musl-resolver', 'node-access'],
		budgetMs: 180_000,
		exclusive: ['dns'],
		faults: ['dns-*'],
		rows: {
			search: {
				title: "musl's resolver finds a Service by its short, half and full name, and one of another namespace, as glibc's does",
				why:
					'Images of Alpine have another resolver than those of Debian. A search path that one of them reads otherwise breaks ' +
					'short names in some images of a namespace, and the same name works in the pod beside.',
			},
			ndots: {
				title: 'With ndots 1 half a name is found by glibc, by the search path, and not by musl; short and full names by both',
				why:
					'ndots is lowered to save DNS its misses. Names such as db.shop then stop working in images of Alpine alone, as musl ' +
					'never tries the search path for a name with that many dots; full names work in both.',
			},
			long: {
				title: 'An answer of more than 512 bytes arrives whole at resolvers of glibc and of musl, over TCP',
				why:
					'A headless Service with some thirty pods no longer fits a datagram. Where a firewall lets UDP 53 through alone, the ' +
					'name fails or is cut off from that size on, in all images whose resolver is not told of EDNS.',
				faults: ['tcp-dns-refused'],
			},
		},
	},
	async testbed => {
		const {namespace, family, workers} = testbed;
		const pods = await echoPods(testbed, {name: 'echo', replicas: workers.length, client: true});
		await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports: PORTS});
		await service(testbed, {name: 'many', clusterIP: 'None', ports: PORTS});
		const ips = Array.from({length: MANY}, (_, index) => (family === 'ipv6' ? `2001:db8::${index + 1}` : `198.51.100.${index + 1}`));
		await testbed.kube.apply(handMadeSlice(testbed, {service: 'many', port: 8080, ips}));
		await createAskingPod(testbed, {name: 'few-dots', node: workers[0].name, dnsConfig: {options: [{name: 'ndots', value: '1'}]}});
		await podReady(testbed, 'few-dots');
		const expected = await dnsExpectations(testbed);
		const [own, many, other] = [
			{name: 'echo', namespace},
			{name: 'many', namespace},
			{name: 'kube-dns', namespace: 'kube-system'},
		].map(of => expected.of({name: serviceName(of), type: addressType(family)}));
		if (!own || !many || !other) return;
		await dnsFollows(testbed, [own, many]);
		const both = async (place: Vantage): Promise<readonly Vantage[]> => [place, await withMusl(testbed, place)];
		const places = await Promise.all(pods.map(async pod => both(await testbed.vantage.inside(pod))));
		const fewDots = await both(await testbed.vantage.inside({name: 'few-dots', node: workers[0].name}));
		await testbed.settled();

		await testbed.row('search', async recorder =>
			resolversAgree({...recorder, family}, places.flat(), [
				...['echo', `echo.${namespace}`, `echo.${namespace}.svc`, own.name].map(name => ({name, means: own})),
				...['kube-dns.kube-system', 'kube-dns.kube-system.svc'].map(name => ({name, means: other})),
			]),
		);
		await testbed.row('ndots', async recorder => goesOn(testbed, recorder, fewDots, own));
		await testbed.row('long', async recorder => allOfMany(testbed, recorder, many));
	},
);
