import type {SetKey} from '../../../lib/model/rules/ipvs/sets.ts';

/** What users suffer where a set lacks a member or has one too many. */
export const WHY_SETS: Readonly<Record<SetKey, string>> = {
	'LOOP-BACK':
		"Its members are the node's own endpoints. A pod that is missing sees its own address as the sender when it reaches itself by " +
		'a Service, and drops it: calls to itself time out, with replicas at random.',
	'CLUSTER-IP':
		'A cluster address that is missing is not masqueraded for clients outside and for the node itself, whose replies then get ' +
		'lost. Pods are served all the same, so host processes and routed clients notice first.',
	'EXTERNAL-IP':
		'An external address that is missing is not masqueraded: a backend elsewhere answers the client past the entry node, and it ' +
		'times out. Where the backend happens to be on that node it works, so it looks random.',
	'EXTERNAL-IP-LOCAL':
		"These external addresses keep the client's own as the sender. One that stands in KUBE-EXTERNAL-IP in its place is " +
		'masqueraded, and allow-lists and audit logs behind it know only nodes.',
	'LOAD-BALANCER':
		'An address of a load balancer that is missing skips the chain that masquerades. Replies of backends on other nodes go past ' +
		'the entry node, and users outside time out in a share of their connections.',
	'LOAD-BALANCER-FW':
		'A member is closed to all but its source ranges. Where one is missing, loadBalancerSourceRanges has no effect and everybody ' +
		'gets in without a trace; one left over shuts an open Service.',
	'LOAD-BALANCER-LOCAL':
		'Members are spared the masquerade, so that backends see real clients under policy Local. Where one is missing, geo blocks and ' +
		'rate limits count nodes, and an allow-list in the application denies everybody.',
	'LOAD-BALANCER-SOURCE-IP':
		"A node that calls the load balancer's address does so with that address as its own, which this set lets in where the ranges " +
		"hold the node. Without it the node's own calls are dropped, image pulls among them.",
	'LOAD-BALANCER-SOURCE-CIDR':
		'One member for each range that may come in. A lost one locks an office or a partner out from one moment to the next; a stale ' +
		'one keeps open what was taken off the Service, and no audit of the API shows it.',
	'NODE-PORT-TCP':
		'A node port that is missing is not masqueraded: it works on the node that has the backend and times out by all others. A ' +
		'member left over acts on a number that another program may have by now.',
	'NODE-PORT-LOCAL-TCP':
		'Members return before the mark to masquerade. Where one is missing, a web server with policy Local sees the node in place of ' +
		'its clients: access logs, bans and rate limits are worth nothing.',
	'NODE-PORT-UDP':
		'DNS, game and voice traffic comes in by UDP node ports. Where one is missing, answers of backends on other nodes come from an ' +
		'address that nobody asked and are dropped, without a refusal or a line in a log.',
	'NODE-PORT-LOCAL-UDP':
		'Collectors of syslog, SNMP traps and NetFlow tell devices apart by their address, which policy Local keeps. Where the member ' +
		'is missing, all records seem to come from one device, the entry node.',
	'NODE-PORT-SCTP-HASH':
		'Telecom workloads need a member for each address of the node. Associations by one that is missing get no answer from other ' +
		'nodes, and multihoming hides it until the other path fails.',
	'NODE-PORT-LOCAL-SCTP-HASH':
		'Signalling peers are known by their address, which policy Local keeps. Where a member is missing, the association is ' +
		'masqueraded, and the backend refuses a peer that it does not know.',
	'HEALTH-CHECK-NODE-PORT':
		'Members are let in, so that balancers can ask the health port. On a node whose INPUT is otherwise closed, a missing one takes ' +
		'the node out of all balancers, and Services with policy Local lose their endpoints there.',
	'IPVS-IPS':
		"New packets to a member are refused unless a port of a Service takes them. For an address that is missing, the node's own " +
		'listeners answer in place of a refusal, sshd and kubelet among them.',
};
