import type {NodeKernel} from './target.ts';

/** Every time limit of vipcheck, with its reason. All in milliseconds. */

/**
 * A new connection inside one cluster answers within a millisecond or two, on an overloaded machine within two seconds; a SYN is sent again
 * after 1 s and 3 s. 3 s shows a lost SYN as slow and a black hole as a timeout.
 */
export const DIAL_TIMEOUT_MS = 3_000;

/**
 * A connection that stands has shown that the network works: how long the backend then takes says how busy the machine is. 15 s without a
 * byte is a black hole behind the handshake.
 */
export const ANSWER_TIMEOUT_MS = 15_000;

/** CoreDNS answers from memory; resolvers give up on a server after 5 s, we after 2 s. */
export const DNS_TIMEOUT_MS = 2_000;

/** glibc asks each server twice, 5 s each, for each name of the search path: with one that is silent a name takes 40 s to fail. */
export const RESOLVER_TIMEOUT_MS = 40_000;

/** Whole time of a check unless it says otherwise: set-up of pods (about 3 s), the probes, and room for a slow machine. */
export const DEFAULT_BUDGET_MS = 60_000;

/**
 * kube-proxy programs at the latest its minSyncPeriod (1 s) after a change; on a busy node with a kernel of its own a sync alone takes 10
 * s; 30 s means it does not at all.
 */
export const PROGRAMMED_TIMEOUT_MS = 30_000;

/**
 * kube-proxy deletes flows to endpoints that are gone at the sync that takes them out of the rules. The kernel forgets a flow by itself 30
 * s after its last datagram (nf_conntrack_udp_timeout): whoever waits so long sees nothing of kube-proxy.
 */
export const FORGOTTEN_TIMEOUT_MS = 10_000;

/**
 * Images are on the node already: a pod is Ready in 1 to 3 s, on a busy machine in 10, on a node with a kernel of its own, on a machine
 * that has far too much to do, in 118.
 */
export const PODS_READY_TIMEOUT_MS = 150_000;

/** One call to the API server: milliseconds when idle, a few seconds while the machine is starting a cluster. */
export const API_TIMEOUT_MS = 20_000;

/**
 * Between two looks while waiting for evidence: short against what is waited for (a sync of kube-proxy, 1 s), long against the cost of a
 * look.
 */
export const LOOK_INTERVAL_MS = 250;

/** Twenty connections of each client are no light look: not more than one a second. */
export const AFFINITY_LOOK_INTERVAL_MS = 1_000;

/** What a check's body gets to end by itself once its budget is used up; then it is abandoned. */
export const ABANDON_GRACE_MS = 1_000;

/** Closing the vantages and deleting the namespace of one check, without waiting for the namespace to be gone. */
export const CLOSE_TIMEOUT_MS = 10_000;

/** One command on a node that only looks (iptables-save, nft list): 0.1 s on a host, 2 s on an emulated machine, 10 on a busy one. */
export const LOOK_TIMEOUT_MS = 30_000;

/** Looking whether a provider can work here: files, versions, one or two short commands. */
export const PREFLIGHT_TIMEOUT_MS = 30_000;

/** Logging in to a host by ssh: a second, on a busy machine five. */
export const SSH_LOGIN_TIMEOUT_MS = 15_000;

/** Between signs of life of an ssh connection; three that stay unanswered end it (a host that died in the middle of a command). */
export const SSH_ALIVE_INTERVAL_MS = 5_000;

/** A host says goodbye within milliseconds; one that is gone does not. */
export const SSH_END_MS = 2_000;

/** A container engine that runs says its version, or whether it has an image, at once; on a busy machine in a second or two. */
export const ENGINE_ANSWER_TIMEOUT_MS = 8_000;

/** A registry says in a second whether it has an image; one behind a firewall says nothing, and a refusal must not wait for it. */
export const REGISTRY_ANSWER_TIMEOUT_MS = 5_000;

/** A cluster that exists is asked two things; one that says nothing by then is not to be used. */
export const EXISTING_ANSWER_TIMEOUT_MS = 6_000;

/** Making a cluster, the first time with a build of all its parts from source on a slow machine. */
export const CREATE_TIMEOUT_MS = 90 * 60_000;

/**
 * One step of a new cluster's start, such as the API server's: 4 s at the most, 20 on a busy machine, a minute with nodes that have kernels
 * of their own; what takes four will not end.
 */
export const CLUSTER_STEP_TIMEOUT_MS = 240_000;

/** What a provider gets to return from create() after an interrupt, before the cluster is taken down under it. */
export const CREATE_ABORT_GRACE_MS = 5_000;

/** Taking a cluster down: killing processes and removing mounts, seconds; more for machines of their own. */
export const DESTROY_TIMEOUT_MS = 120_000;

/** Between asking the test runner to end and killing it: it only has to say which tests were pending. */
export const RUNNER_STOP_GRACE_MS = 3_000;

/** Silence of all checks beyond the longest budget, waits for locks and clean-up included, after which the runner counts as hung. */
export const RUNNER_SILENCE_MARGIN_MS = 120_000;

/** How often the parent reads what the checks have written: short for an eye, cheap for a file. */
export const FOLLOW_INTERVAL_MS = 100;

/** A status line that shows seconds is rewritten once a second. */
export const STATUS_LINE_MS = 1_000;

/** A log of a CI job must not look dead: a step that takes longer than 10 s is announced with its log file. */
export const QUIET_STEP_MS = 10_000;

/** Without a terminal, whatever lasts says once a minute what it is at: often enough to see that it goes on, seldom enough for a log. */
export const STILL_AT_IT_MS = 60_000;

/** A program that is told to end gets this long for tidying up before SIGKILL ends its whole process group. */
export const KILL_AFTER_MS = 1_000;

/** A long-lived program ends by itself when its input ends; the prober does so within milliseconds. */
export const CONVERSATION_END_MS = 1_000;

/** What a program said last arrives with its end; longer than this only when a child of its own holds the stream open. */
export const LAST_WORDS_MS = 200;

/** Node starts in 50 ms, on a user-mode Linux node of a busy machine in 1.8 s. */
export const PROBER_START_TIMEOUT_MS = 20_000;

/** Beyond the sum of its own time limits the prober answers at once; 600 connections cost a busy user-mode Linux node 5 s of work. */
export const PROBER_REPLY_MARGIN_MS = 15_000;

/** CoreDNS hears of a change by its watch, within milliseconds; 10 s means that it does not follow. */
export const DNS_FOLLOWS_TIMEOUT_MS = 10_000;

/**
 * One command that puts a fault in or takes it out: a few rules, or stopping kube-proxy and waiting for an iptables-restore that it had
 * begun (seconds on a busy machine), or for a restarted one to answer (20 s on a busy node with a kernel of its own).
 */
export const CHANGE_COMMAND_TIMEOUT_MS = 60_000;

/** CoreDNS of two pods with a new Corefile, one pod after the other: about 5 s, on busy nodes with kernels of their own a minute. */
export const ROLLOUT_TIMEOUT_MS = 120_000;

/** A change of the API is in the rules of every node, and in CoreDNS' answers, within a second or two. */
export const FAULT_IN_FORCE_TIMEOUT_MS = 15_000;

/** Taking a fault out, or a change back: at the longest a node that boots, or several rollouts one after the other. */
export const UNDO_TIMEOUT_MS = 300_000;

/**
 * A node that comes back: its machine boots, containerd and kubelet start (5 s), kubelet reports Ready. One that is gone:
 * kube-controller-manager waits 50 s for its lease (--node-monitor-grace-period). With a kernel of its own on a busy machine it boots for a
 * minute.
 */
export const NODE_READY_TIMEOUT_MS = 180_000;

/**
 * 40 Services with their pods are programmed within a few seconds; a namespace of an earlier check may still be going meanwhile. Three
 * looks at a busy node with a kernel of its own take 30 s.
 */
export const RULES_EXACT_TIMEOUT_MS = 90_000;

/** kube-proxy gathers changes for up to its minSyncPeriod of 1 s before it writes them. */
export const RULES_STILL_MS = 2000;

/**
 * After a red: looking at the API and at three nodes takes 1 to 2 s, on a busy machine 8, at nodes with kernels of their own 20. What is
 * not known then stays unknown.
 */
export const CHAIN_TIMEOUT_MS = 30_000;

/**
 * The same where one look takes seconds already, on a machine at many times its load; with the look that tells so it stays below
 * RUNNER_SILENCE_MARGIN_MS.
 */
export const CHAIN_LONGEST_MS = 75_000;

/** A direct connection of that looking: answered within milliseconds, on an overloaded machine within two seconds (see DIAL_TIMEOUT_MS). */
export const CHAIN_DIAL_TIMEOUT_MS = 2_000;

/** Once it stands (see ANSWER_TIMEOUT_MS): what a busy machine is late with must not be told as a dead backend; within CHAIN_TIMEOUT_MS. */
export const CHAIN_ANSWER_TIMEOUT_MS = 10_000;

/**
 * The kernel sends one client 6 ICMP errors at once, then one a second (net.ipv4.icmp_ratelimit, XRLIM_BURST_FACTOR of net/ipv4/icmp.c).
 */
export const REFUSAL_PAUSE_MS = 1_100;
/**
 * The kernel sends 1,000 ICMP messages a second to all clients together, and 50 at once (net.ipv4.icmp_msgs_per_sec, icmp_msgs_burst;
 * IcmpOutRateLimitGlobal counts the others): half of that, as others are refused meanwhile.
 */
export const OWN_REFUSAL_PAUSE_MS = 2;

/**
 * The first answer of an API server that somebody wants diagnosed: whoever waits longer thinks that it hangs. With the start of the
 * program, a second or two on a busy machine, it is less than ten.
 */
export const FIRST_ANSWER_TIMEOUT_MS = 6_000;

/**
 * All lists of a large cluster, 10,000 Services with 50,000 endpoints in pages of 500: half a minute. What has not come by then stays
 * unknown.
 */
export const DIAGNOSE_TIMEOUT_MS = 60_000;

/** The longest that we wait for an API server that asks us to come back later. */
export const THROTTLED_PAUSE_MS = 5_000;

/**
 * A speaker of MetalLB announces a new address within a second of its assignment; on a busy machine, right after it was started, in some.
 */
export const ANNOUNCED_TIMEOUT_MS = 20_000;

/** MetalLB's controller gives an address, or says why not, within a second; on a busy machine in some. */
export const ASSIGNED_TIMEOUT_MS = 20_000;

/**
 * From a failure to another announcer. MetalLB's memberlist suspects a node after a second or two without an answer, and gives it up 4 s
 * later with up to ten nodes (SuspicionMult × ProbeInterval); then the election is a matter of milliseconds.
 */
export const FAILOVER_LIMIT_MS = 10_000;

/**
 * The way back: a node boots, its speaker starts (its probe waits 10 s), and the speakers find each other again, which they try once a
 * minute where nothing else told them.
 */
export const FAILBACK_LIMIT_MS = 90_000;

const PATIENCE: Readonly<Record<NodeKernel, number>> = {host: 1, uml: 3, 'uml-built': 3};
/**
 * How many times as long checks, datagrams and questions get on nodes of a kind. Where each node is a kernel of its own a fork takes ten
 * times as long, a connection two to ten times, and all nodes share the host's processors.
 */
export const patienceWith = (nodeKernel: NodeKernel = 'host'): number => PATIENCE[nodeKernel];

const RULES_INTERVAL_MS: Readonly<Record<NodeKernel, number>> = {host: LOOK_INTERVAL_MS, uml: 2_000, 'uml-built': 2_000};
/**
 * Between two looks at the rules of all nodes. Where each node is a kernel of its own a look costs 0.2 s of the processors that they share:
 * more often, and waiting for rules would be what they wait for.
 */
export const rulesIntervalMs = (nodeKernel: NodeKernel = 'host'): number => RULES_INTERVAL_MS[nodeKernel];

/** However busy the machine, a limit is not stretched by more (`lib/wait/timer.ts`): somebody waits for the end. */
export const MOST_STRETCH = 4;
