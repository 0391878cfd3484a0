import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {EventBody} from '../events.ts';
import type {Recorder} from './check-context.ts';
import {safeName} from './safe-name.ts';

/** Evidence beyond this is cut: reports link to it, nobody reads more. */
const EVIDENCE_LIMIT = 4 * 1024 * 1024;

type Where = {readonly target: string; readonly check: string; readonly runDir: string; readonly emit: (event: EventBody) => void; readonly settled: () => Promise<void>};

/** Turns what a check reports into events and evidence files below `<run>/evidence/<target>/<check>/`. */
export const createRecorder = ({target, check, runDir, emit, settled}: Where): Recorder & {/** The step that was reported last. */ lastStep(): string | undefined} => {
	const taken = new Set<string>();
	let last: string | undefined;
	return {
		step(text) {
			last = text;
			emit({type: 'check-step', target, check, text});
		},
		number: (name, value, unit) => emit({type: 'check-number', target, check, name, value, unit}),
		grid: grid => emit({type: 'check-grid', target, check, grid}),
		evidence(name, content) {
			const dir = join('evidence', safeName(target), safeName(check));
			const path = join(dir, unused(safeName(name), taken));
			// Synchronous: it is on disk when the event names it, even if the process is killed next.
			mkdirSync(join(runDir, dir), {recursive: true});
			writeFileSync(join(runDir, path), content.length > EVIDENCE_LIMIT ? `${content.slice(0, EVIDENCE_LIMIT)}\n(cut: ${content.length} characters in all)\n` : content);
			emit({type: 'check-evidence', target, check, evidence: {name, path}});
		},
		settled,
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
