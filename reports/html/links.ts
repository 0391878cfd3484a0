import type {CheckRun, Run} from '../../lib/record/run.ts';
import {pathOf} from '../../lib/check-id.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

/** The place of a check in the page; readable, so that a link to it can be passed on. */
export const anchor = (target: string, check: Pick<CheckRun, 'id'>): string => `${target}/${check.id}`.replaceAll(/[^\w./-]/g, '_');

/** A target by its mode, where that says which one is meant. */
export const shortTarget = ({targets}: Pick<Run, 'targets'>, target: string): string => {
	const mode = targets.find(({key}) => key === target)?.spec.mode;
	return mode !== undefined && targets.filter(({spec}) => spec.mode === mode).length === 1 ? mode : target;
};

/** A reference as a link where it is one: an address, a GitHub issue (owner/name#1) or a KEP. */
export const refLink = (ref: string): Html => {
	const href = addressOf(ref);
	return href === undefined ? h`${ref}` : h`<a href="${href}" rel="noreferrer">${ref.replace(/^https?:\/\//, '')}</a>`;
};

/** Where a check is written: a link where the run says where its sources are. */
export const sourceLink = (sources: string | undefined, id: string): Html => {
	const path = `suites/${pathOf(id)}.ts`;
	// Only what a browser opens as a page or a file.
	return sources !== undefined && /^(?:https?|file):\/\//.test(sources)
		? h`Source <a href="${sources}${path}" rel="noreferrer">${path}</a>.`
		: h`Source <code>${path}</code>.`;
};

const addressOf = (ref: string): string | undefined => {
	if (/^https?:\/\/[^\s"'<>]+$/.test(ref)) return ref;
	const issue = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(ref);
	if (issue) return `https://github.com/${issue[1]}/issues/${issue[2]}`;
	const kep = /^KEP-(\d+)$/i.exec(ref);
	return kep ? `https://kep.k8s.io/${kep[1]}` : undefined;
};

/** A file of the run directory, relative to the page in it. The leading ./ keeps `javascript:` a file name. */
export const fileLink = (path: string, name: string = path): Html =>
	h`<a href="./${path.toWellFormed().split('/').map(encodeURIComponent).join('/')}">${name}</a>`;
