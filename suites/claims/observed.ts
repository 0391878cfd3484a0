import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {externalService, nobodyAnnounces} from './seen/announced.ts';
import {affinityHasItsDefault, namelessPortsAreRefused, selectorIsRefused} from './seen/api.ts';
import {deadOneIsKept, halfDeadService} from './seen/dead-endpoint.ts';
import {addressIsNoName, numberedAlias, underscoresMayGo, withUnderscores} from './seen/names.ts';
import {fewerModules, noMetricOfIpvs, noSocketListens, onNoInterface} from './seen/nodes.ts';
import {policyIsLeftToTheCni} from './seen/policy.ts';
import {askedInOrder} from './seen/search-order.ts';

export default check(
	{
		title: 'What is said of Services and no other check looks at (lib/claims), as this cluster has it',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/'],
		needs: ['node-access', 'outside-host'],
		budgetMs: 180_000,
		uses: ['proxy', 'dns'],
		// Of the rows that name none.
		noFault: 'what the API server takes and what it fills in is its own matter: nothing beside it makes it do otherwise',
		rows: {
			selector: {
				title: 'A selector that is more than equal pairs is refused',
				why:
					"Whoever knows Deployments writes matchExpressions into a Service's selector. Were it taken and ignored, the " +
					'Service would have no endpoints or the wrong ones; refused, the mistake ends at kubectl apply.',
			},
			'port-names': {
				title: 'Several ports without names are refused',
				why:
					'A second port is often added to a manifest whose first one has no name, and the release stops there. Were it ' +
					'taken, endpoints and SRV records could not be told apart by port.',
			},
			'affinity-default': {
				title: 'Session affinity lasts 10800 s where nothing is said of it',
				why:
					'A client that comes back within three hours never moves, so new pods stay idle after a scale-out. Capacity plans ' +
					'that assume a shorter memory fail in the first peak.',
			},
			'without-underscores': {
				title: 'An SRV name without underscores is answered as the one with them',
				why:
					'CoreDNS is lenient here, the DNS specification of Kubernetes is not. Clients that rely on it find nothing on the ' +
					"day when another DNS server takes over, a cloud provider's for instance.",
				faults: ['dns-*'],
			},
			'external-address': {
				title: 'An externalName that is an address is taken as a name, and no address is answered for it',
				why:
					'The API takes an address as externalName, and DNS makes it an alias of a name that does not exist. Clients report ' +
					'an unknown host for a Service that looks right in kubectl; one without a selector was meant.',
				faults: ['alias-with-address'],
			},
			'search-order': {
				title: "A pod's resolver asks for the names of its search path one after the other",
				why:
					'With ndots 5 a name such as api.example.com is tried below every search domain first. Each miss adds a round ' +
					'trip, which shows as slow first requests and as a flood of NXDOMAIN at CoreDNS.',
				faults: ['names-asked-at-once'],
			},
			sockets: {
				title: 'No process listens at a node port that is served',
				why:
					'ss and local audits show nothing at a node port that is served, as rules translate its packets before any socket. ' +
					'The other way round, a program can bind the same number, start without an error and never get a packet.',
				faults: ['node-port-taken'],
			},
			interfaces: {
				title: 'A ClusterIP is on no interface',
				why:
					'People look for a ClusterIP in ip addr and conclude from its absence that the Service is broken. One that is ' +
					"bound in these modes is a leftover, of ipvs mode for instance, and may open the node's own listeners under it.",
				modes: ['iptables', 'nftables'],
				faults: ['vip-on-interface'],
			},
			announced: {
				title: 'Nobody makes a way to an external IP for a host outside',
				why:
					"Kubernetes brings nobody to an external IP: without a route, ARP or BGP of the administrator's, clients outside " +
					'time out while every node would serve them. It is the first thing to look at when an external IP is dead.',
				faults: ['outside-route'],
			},
			'dead-endpoint': {
				title: 'An endpoint that is dead but ready by its EndpointSlice goes on getting connections',
				why:
					'kube-proxy does not probe endpoints: it believes the EndpointSlice, in ipvs mode too. A dead pod behind a missing ' +
					'or lenient readiness probe costs its share of all requests until somebody removes it.',
				faults: ['skewed-choice'],
			},
			policy: {
				title: 'A NetworkPolicy that lets nobody in stops every connection, or none where no program of the CNI enforces it',
				why:
					'The API takes policies in every cluster, and kube-proxy enforces none. Where the CNI has no program for them an ' +
					'audit finds a policy that denies all, and everybody gets in.',
			},
			metrics: {
				title: 'No metric of kube-proxy has ipvs in its name',
				why:
					'Dashboards for virtual servers and connections of ipvs stay empty, as kube-proxy exports neither. What can be ' +
					'watched are the times and failures of its syncs, and on the node ipvsadm and conntrack.',
				faults: ['metrics-of-ipvs'],
			},
			modules: {
				title: 'kube-proxy runs in ipvs mode without all of ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh, nf_conntrack loaded',
				why:
					'Install guides ask for five modules, and nodes are rebuilt in vain for want of one. What counts are ip_vs, ' +
					'conntrack and the module of the chosen scheduler; without them kube-proxy exits since 1.26.',
				modes: ['ipvs'],
				faults: ['modules-loaded'],
			},
		},
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		// One endpoint: the Service with the dead one is the only one whose endpoints are chosen among.
		const echo = await echoService(testbed, {replicas: 1, type: 'NodePort', ports});
		const [external, halfDead] = [await externalService(testbed), await halfDeadService(testbed, echo.pods)];
		await numberedAlias(testbed);
		await withUnderscores(testbed);
		await testbed.settled();

		await testbed.row('selector', async recorder => selectorIsRefused(testbed, recorder));
		await testbed.row('port-names', async recorder => namelessPortsAreRefused(testbed, recorder));
		await testbed.row('affinity-default', async recorder => affinityHasItsDefault(testbed, recorder));
		await testbed.row('without-underscores', async recorder => underscoresMayGo(testbed, recorder));
		await testbed.row('external-address', async recorder => addressIsNoName(testbed, recorder));
		await testbed.row('sockets', async recorder => noSocketListens(testbed, recorder, echo));
		await testbed.row('interfaces', async recorder => onNoInterface(testbed, recorder, echo));
		await testbed.row('metrics', async recorder => noMetricOfIpvs(testbed, recorder));
		await testbed.row('modules', async recorder => fewerModules(testbed, recorder));
		await testbed.row('announced', async recorder => nobodyAnnounces(testbed, recorder, external));
		await testbed.row('search-order', async recorder => askedInOrder(testbed, recorder));
		await testbed.row('dead-endpoint', async recorder => deadOneIsKept(testbed, recorder, halfDead));
		await testbed.row('policy', async recorder => policyIsLeftToTheCni(testbed, recorder, echo));
	},
);
