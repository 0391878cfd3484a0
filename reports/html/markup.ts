import {html} from 'hono/html';
import {clean} from '../text/clean.ts';

/** Markup that is safe to put into a page. */
export type Html = Awaited<ReturnType<typeof html>>;

/** Hono's template, which escapes every string; here control characters go first. Nothing in it is asynchronous. */
export const h = (strings: TemplateStringsArray, ...values: readonly unknown[]): Html => html(strings, ...values.map(printable)) as Html;

// Finished markup is a String object, so it passes.
const printable = (value: unknown): unknown =>
	typeof value === 'string' ? clean(value) : Array.isArray(value) ? value.map(printable) : value;

/** The head of a table: a name for each column. */
export const headRow = (columns: readonly unknown[]): Html =>
	h`<thead><tr>${columns.map(column => h`<th scope="col">${column}</th>`)}</tr></thead>`;

/** Joins with text between. */
export const joined = (parts: readonly unknown[], between: string): unknown[] =>
	parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]));
