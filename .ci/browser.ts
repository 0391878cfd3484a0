/**
 * Opens the HTML report in Chromium, as people do: filters, opens, links, prints, hostile names, dark mode, 360 px, axe-core.
 * `node .ci/browser.ts [index.html …]`: without files a made-up run, and one of 110 checks in three modes. Needs
 * Debian's `chromium`; playwright-core and axe-core are installed into a scratch folder, as 18 MB are too much for everybody.
 * Ends with `N passed, N failed`, and exits 1 where one failed. VIPCHECK_BROWSER: a folder that has both already.
 */
import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import {largeRun} from '../reports/fixtures/large-run.ts';
import {hostileRun} from '../reports/fixtures/hostile-run.ts';
import html from '../reports/html/index.ts';
import {STEPS} from './browser/steps.ts';
import {launch, type Browser, type Tools} from './browser/page.ts';

const PACKAGES = ['playwright-core@1.65.1', 'axe-core@4.14.1'];

const installed = async (scratch: string): Promise<string> => {
	const given = process.env['VIPCHECK_BROWSER'];
	if (given !== undefined) return given;
	await writeFile(join(scratch, 'package.json'), '{"private": true}');
	await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES], {cwd: scratch});
	return scratch;
};

const toolsIn = async (folder: string): Promise<Tools> => {
	const require = createRequire(join(resolve(folder), 'package.json'));
	const playwright = (await import(pathToFileURL(require.resolve('playwright-core')).href)) as {default: {chromium: Tools['chromium']}};
	return {chromium: playwright.default.chromium, axe: await readFile(require.resolve('axe-core/axe.min.js'), 'utf8')};
};

const scratch = await mkdtemp(join(tmpdir(), 'vipcheck-browser-'));
let browser: Browser | undefined;
let [passed, failed] = [0, 0];
try {
	const tools = await toolsIn(await installed(scratch));
	const pages = join(scratch, 'pages');
	await mkdir(pages);
	const made: readonly (readonly [string, string])[] = [
		['hostile', html.render(hostileRun())],
		['large', html.render(largeRun(110))],
	];
	for (const [name, text] of made) await writeFile(join(pages, `${name}.html`), text);
	const given = process.argv.slice(2).map(file => resolve(file));
	const files = given.length > 0 ? given : made.map(([name]) => join(pages, `${name}.html`));
	browser = await launch(tools, join(scratch, 'profile'));
	for (const file of files)
		for (const [name, step] of Object.entries(STEPS)) {
			const startedAt = performance.now();
			try {
				await step({browser, file, url: pathToFileURL(file).href, axe: tools.axe, scratch});
				passed++;
				console.log(`✓ ${name}  ${file.split('/').slice(-2).join('/')}  ${Math.round(performance.now() - startedAt)} ms`);
			} catch (error) {
				failed++;
				console.log(`✗ ${name}  ${file}\n  ${error instanceof Error ? error.message : String(error)}`);
			}
		}
} finally {
	await browser?.close();
	await rm(scratch, {recursive: true, force: true});
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
