import type {AddOn, Target} from '../target.ts';
import type {Chart, HopSeen, Scene, Way} from './drawn.ts';
import type {PlannedFault, Said, Spending} from './said.ts';
import type {ClusterFacts, HostFacts} from './surroundings.ts';

/** All that happens in a run is a line of events.ndjson; reports are folds of these, so a run killed at any moment has a correct one. */
export type Event = {readonly at: number} & EventBody;

export type EventBody =
	| {
			type: 'run-started';
			id: string;
			command: readonly string[];
			vipcheck: string;
			host: HostFacts;
			/** Checks that run at the same time. */
			seats?: number;
			/** Where the sources are, ending in `/`: an address, of a commit where it is known. */
			sources?: string;
	  }
	| {
			type: 'target-planned';
			target: string;
			spec: Target;
			reason: string;
			checks: readonly PlannedCheck[];
	  }
	/** A cluster of this id is being made, or used, from now on. */
	| {
			type: 'cluster-owned';
			target: string;
			cluster: string;
	  }
	| {
			type: 'step-started';
			target: string;
			step: string;
			log?: string;
	  }
	| {
			type: 'step-progress';
			target: string;
			step: string;
			text: string;
	  }
	| {
			type: 'step-finished';
			target: string;
			step: string;
			ms: number;
			error?: string;
	  }
	| {
			type: 'cluster-ready';
			target: string;
			facts: ClusterFacts;
	  }
	/** The cluster could not be made or was lost: nothing more is checked on it. */
	| {
			type: 'target-failed';
			target: string;
			problem: Problem;
	  }
	| {
			type: 'check-started';
			target: string;
			check: string;
	  }
	| {
			type: 'check-step';
			target: string;
			check: string;
			text: string;
	  }
	| {
			type: 'check-number';
			target: string;
			check: string;
			name: string;
			value: number;
			unit: string;
	  }
	| {
			type: 'check-grid';
			target: string;
			check: string;
			grid: Grid;
	  }
	| {
			type: 'check-chart';
			target: string;
			check: string;
			chart: Chart;
	  }
	/** What it has made; later ones are added to earlier ones. */
	| {
			type: 'check-scene';
			target: string;
			check: string;
			scene: Partial<Scene>;
	  }
	| {
			type: 'check-evidence';
			target: string;
			check: string;
			evidence: Evidence;
	  }
	| {
			type: 'check-finished';
			target: string;
			check: string;
			outcome: 'passed' | 'failed' | 'broken' | 'known';
			ms: number;
			problem?: Problem;
			/** In a fault run: what the check itself said, with the fault in. */
			said?: Said;
			/** What explains a `known` red; of a check that passed: what is listed for it and did not occur. */
			defect?: Defect;
	  }
	/** What one run of a check spent its time on; told when it closes. */
	| {
			type: 'check-spent';
			target: string;
			check: string;
			on: Spending;
			ms: number;
	  }
	| {
			type: 'runner-exited';
			target: string;
			exitCode: number | undefined;
			signal: string | undefined;
			output: string;
	  }
	| {
			type: 'target-finished';
			target: string;
			kept?: string;
	  }
	| {type: 'interrupted'; signal: string}
	| {type: 'run-finished'};

export type Skip = {readonly kind: 'not-applicable' | 'unsupported' | 'filtered'; readonly detail: string};

/**
 * Why a check that was to run has no result: the run was interrupted or killed before it began (not-run), or while it ran (stopped).
 */
export type Cut = {readonly kind: 'not-run' | 'stopped'; readonly detail: string};

/** failed: the cluster broke the contract; broken: we could not observe it; known: a listed upstream defect. */
export type Outcome = 'passed' | 'failed' | 'broken' | 'known' | 'skipped';

/** A defect of Kubernetes that is known upstream. */
export type Defect = {
	readonly id: string;
	readonly issue: string;
	/** What goes wrong, as a sentence. */
	readonly what: string;
};

/** A check as the plan sees it, before anything has run. `skip` is decided here, never during the run. */
export type PlannedCheck = {
	readonly id: string;
	readonly title: string;
	readonly refs: readonly string[];
	readonly budgetMs: number;
	/** Why the statement matters; runs of versions before have none. */
	readonly why?: string;
	readonly skip?: Skip;
	/** What the run puts into the cluster for it. */
	readonly addOns?: readonly AddOn[];
	/** In a fault run: what is put in. */
	readonly fault?: PlannedFault;
};

export const LAYERS = [
	'api',
	'endpoints',
	'dns',
	'kube-proxy',
	'rules',
	'conntrack',
	'sysctl',
	'host-firewall',
	'policy',
	'cni',
	'link',
	'lb',
	'backend',
] as const;
export type Layer = (typeof LAYERS)[number];

export type Problem = {
	readonly summary: string;
	readonly expected: string;
	readonly observed: string;
	/** The first broken layer, only where evidence names it. */
	readonly layer?: {readonly name: Layer; readonly detail: string};
	/** Where no layer is proven broken: what may be, or could not be looked at, with its text. */
	readonly suspected?: readonly string[];
	/** Where this run's own machine may have broken time limits: how. */
	readonly machine?: string;
	/** Nodes that the evidence points at. */
	readonly nodes?: readonly string[];
	/** The walk from the Service to the link, hop by hop, where it was made. */
	readonly chain?: readonly HopSeen[];
	/** Ways that went wrong, where they are known one by one. */
	readonly ways?: readonly Way[];
	/** Lines to paste. */
	readonly reproduce: readonly string[];
};

/** A file of the run directory (path relative to it) with what was seen. */
export type Evidence = {readonly name: string; readonly path: string};

/** A matrix of verdicts: `.` as expected, `X` not, `?` not observed, ` ` not applicable. */
export type Grid = {
	readonly title: string;
	readonly columns: readonly string[];
	readonly rows: readonly {
		readonly name: string;
		readonly cells: readonly {readonly mark: '.' | 'X' | '?' | ' '; readonly text: string}[];
	}[];
};
