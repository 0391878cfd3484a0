import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {EventBody} from '../record/events.ts';
import type {RowRecorder} from '../testbed/testbed.ts';
import {targetDir} from '../record/run-plan.ts';
import {safeName} from '../record/safe-name.ts';
import type {Spending} from '../record/said.ts';

/** Evidence beyond this is cut: reports link to it, nobody reads more. */
const EVIDENCE_LIMIT = 4 * 1024 * 1024;

type Where = {
	readonly target: string;
	/** Names the directory of its evidence. */
	readonly check: string;
	/** Whom it is told of: the check itself, or all rows that one run of it is for. */
	readonly ids: readonly string[];
	readonly runDir: string;
	readonly emit: (event: EventBody) => void;
};

/** Turns what a check reports into events and evidence files below `<run>/targets/<target>/evidence/<check>/`. */
export const createRecorder = ({
	target,
	check,
	ids,
	runDir,
	emit,
}: Where): RowRecorder & {
	/** What the check spent its time on. */
	spent(on: Spending, ms: number): void;
	/** The step that was reported last. */
	lastStep(): string | undefined;
} => {
	const taken = new Set<string>();
	let last: string | undefined;
	const tell = (eventFor: (id: string) => EventBody): void => {
		for (const id of ids) emit(eventFor(id));
	};
	return {
		step(text) {
			last = text;
			tell(id => ({type: 'check-step', target, check: id, text}));
		},
		number: (name, value, unit) => tell(id => ({type: 'check-number', target, check: id, name, value, unit})),
		grid: grid => tell(id => ({type: 'check-grid', target, check: id, grid})),
		chart: chart => tell(id => ({type: 'check-chart', target, check: id, chart})),
		scene: scene => tell(id => ({type: 'check-scene', target, check: id, scene})),
		evidence(name, content) {
			const dir = join(targetDir(target), 'evidence', safeName(check));
			const path = join(dir, unused(safeName(name), taken));
			// Synchronous: it is on disk when the event names it, even if the process is killed next.
			mkdirSync(join(runDir, dir), {recursive: true});
			writeFileSync(
				join(runDir, path),
				content.length > EVIDENCE_LIMIT
					? `${content.slice(0, EVIDENCE_LIMIT)}\n(cut: ${content.length} characters in all)\n`
					: content,
			);
			tell(id => ({type: 'check-evidence', target, check: id, evidence: {name, path}}));
		},
		// Once for all rows: they are one run.
		spent: (on, ms) => emit({type: 'check-spent', target, check, on, ms: Math.round(ms)}),
		lastStep: () => last,
	};
};

const unused = (name: string, taken: Set<string>): string => {
	const [, stem = name, ending = ''] = /^(.*?)(\.[^.]*)?$/.exec(name) ?? [];
	let candidate = name;
	for (let n = 2; taken.has(candidate); n++) candidate = `${stem}-${n}${ending}`;
	taken.add(candidate);
	return candidate;
};
