import type {CheckRun} from '../../lib/events.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

/** The place of a check in the page; readable, so that a link to it can be passed on. */
export const anchor = (target: string, check: Pick<CheckRun, 'id'>): string => `${target}/${check.id}`.replaceAll(/[^\w./-]/g, '_');

/** A reference as a link where it is one: an address, a GitHub issue (owner/name#1) or a KEP. */
export const refLink = (ref: string): Html => {
	const href = addressOf(ref);
	return href === undefined ? h`${ref}` : h`<a href="${href}" rel="noreferrer">${ref.replace(/^https?:\/\//, '')}</a>`;
};

const addressOf = (ref: string): string | undefined => {
	if (/^https?:\/\/[^\s"'<>]+$/.test(ref)) return ref;
	const issue = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(ref);
	if (issue) return `https://github.com/${issue[1]}/issues/${issue[2]}`;
	const kep = /^KEP-(\d+)$/i.exec(ref);
	return kep ? `https://kep.k8s.io/${kep[1]}` : undefined;
};

/** A file of the run directory, relative to the page in it. The leading ./ keeps `javascript:` a file name. */
export const fileLink = (path: string, name: string = path): Html => h`<a href="./${path.toWellFormed().split('/').map(encodeURIComponent).join('/')}">${name}</a>`;
