import type {Target} from './target.ts';

/**
 * Everything that happens in a run is one line of events.ndjson. Reports are folds of these lines (lib/fold.ts),
 * so a run killed at any moment still has a correct report.
 */
export type Event = {readonly at: number} & EventBody;

export type EventBody =
	| {type: 'run-started'; id: string; command: readonly string[]; vipcheck: string; host: HostFacts}
	| {type: 'target-planned'; target: string; spec: Target; reason: string; checks: readonly PlannedCheck[]}
	| {type: 'step-started'; target: string; step: string; log?: string}
	| {type: 'step-progress'; target: string; step: string; text: string}
	| {type: 'step-finished'; target: string; step: string; ms: number; error?: string}
	| {type: 'cluster-ready'; target: string; facts: ClusterFacts}
	/** The cluster could not be made or was lost: nothing more is checked on it. */
	| {type: 'target-failed'; target: string; problem: Problem}
	| {type: 'check-started'; target: string; check: string}
	| {type: 'check-step'; target: string; check: string; text: string}
	| {type: 'check-number'; target: string; check: string; name: string; value: number; unit: string}
	| {type: 'check-grid'; target: string; check: string; grid: Grid}
	| {type: 'check-evidence'; target: string; check: string; evidence: Evidence}
	| {type: 'check-finished'; target: string; check: string; outcome: 'passed' | 'failed' | 'broken' | 'known'; ms: number; problem?: Problem}
	| {type: 'runner-exited'; target: string; exitCode: number | undefined; signal: string | undefined; output: string}
	| {type: 'target-finished'; target: string; kept?: string}
	| {type: 'interrupted'; signal: string}
	| {type: 'run-finished'};

export type HostFacts = {os: string; kernel: string; cpus: number; memoryMiB: number; node: string};

/** What was really found under test, as opposed to what was asked for. */
export type ClusterFacts = {readonly kubernetes: string; readonly mode: string; readonly nodes: readonly {name: string; role: string; kernel: string; runtime: string}[]; readonly parts: Readonly<Record<string, string>>};

export type Skip = {readonly kind: 'not-applicable' | 'unsupported' | 'filtered'; readonly detail: string};

/** failed: the cluster broke the contract; broken: we could not observe it; known: a listed upstream defect. */
export type Outcome = 'passed' | 'failed' | 'broken' | 'known' | 'skipped';

/** A check as the plan sees it, before anything has run. `skip` is decided here, never during the run. */
export type PlannedCheck = {readonly id: string; readonly title: string; readonly refs: readonly string[]; readonly budgetMs: number; readonly skip?: Skip};

export const LAYERS = ['api', 'endpoints', 'dns', 'kube-proxy', 'rules', 'conntrack', 'sysctl', 'host-firewall', 'policy', 'cni', 'link', 'lb', 'backend'] as const;
export type Layer = (typeof LAYERS)[number];

export type Problem = {
	readonly summary: string;
	readonly expected: string;
	readonly observed: string;
	/** The first broken layer, only where evidence names it. */
	readonly layer?: {readonly name: Layer; readonly detail: string};
	/** Nodes that the evidence points at. */
	readonly nodes?: readonly string[];
	/** Lines to paste. */
	readonly reproduce: readonly string[];
};

/** A file of the run directory (path relative to it) with what was seen. */
export type Evidence = {readonly name: string; readonly path: string};

/** A matrix of verdicts: `.` as expected, `X` not, `?` not observed, ` ` not applicable. */
export type Grid = {readonly title: string; readonly columns: readonly string[]; readonly rows: readonly {readonly name: string; readonly cells: readonly {readonly mark: '.' | 'X' | '?' | ' '; readonly text: string}[]}[]};

export type CheckRun = PlannedCheck & {
	readonly suite: string;
	readonly outcome: Outcome;
	readonly startedAt?: number;
	readonly ms: number;
	readonly steps: readonly {readonly text: string; readonly atMs: number}[];
	readonly numbers: readonly {readonly name: string; readonly value: number; readonly unit: string}[];
	readonly grids: readonly Grid[];
	readonly evidence: readonly Evidence[];
	readonly problem?: Problem;
};

export type StepRun = {readonly name: string; readonly startedAt: number; readonly ms?: number; readonly error?: string; readonly log?: string};

export type TargetRun = {
	readonly key: string;
	readonly spec: Target;
	readonly reason: string;
	readonly steps: readonly StepRun[];
	readonly facts?: ClusterFacts;
	readonly problem?: Problem;
	readonly kept?: string;
	readonly checks: readonly CheckRun[];
};

export type Counts = Readonly<Record<Outcome, number>>;

export type Run = {
	readonly id: string;
	readonly command: readonly string[];
	readonly vipcheck: string;
	readonly host: HostFacts;
	readonly startedAt: number;
	readonly endedAt: number;
	/** interrupted: by a signal, or killed before it could say anything. */
	readonly status: 'finished' | 'interrupted';
	readonly signal?: string;
	readonly targets: readonly TargetRun[];
	readonly counts: Counts;
};
