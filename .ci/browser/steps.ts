import {must, withPage, type Look, type Page, type Scene} from './page.ts';

/** Elements that can be seen, of a selector. */
const seen = async (page: Page, selector: string): Promise<number> =>
	page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].filter(one => one.checkVisibility()).length`);

const overflow = async (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - innerWidth');

const LOOKS: readonly (Look & {readonly viewport: {readonly width: number; readonly height: number}})[] = (
	['light', 'dark'] as const
).flatMap(colorScheme => [1440, 360].map(width => ({colorScheme, viewport: {width, height: 900}})));

/** A table of 20,000 rows and 60,000 cells, and nothing else: what any page of so many words costs this browser on this machine. */
const PLAIN = "data:text/html,<script>document.write('<table>'+'<tr><td>passed<td>dns/srv<td>12.5 s'.repeat(20000)+'</table>')</script>";
/** Opening the page costs one thread at most so many times that; 0.4 times was measured, 0.8 s on a slow machine. */
const MOST_RATIO = 0.8;

/** What opening a page costs its thread, in seconds of a processor: others' work does not count. */
const workOf = async (scene: Scene, url: string): Promise<number> =>
	withPage(scene, {}, async page => {
		const session = await page.context().newCDPSession(page);
		await session.send('Performance.enable', {timeDomain: 'threadTicks'});
		await page.goto(url);
		const {metrics} = await session.send('Performance.getMetrics');
		return metrics.find(({name}) => name === 'TaskDuration')?.value ?? Infinity;
	});

export const STEPS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
	'opens without scripts, and asks nobody': async scene =>
		withPage(scene, {javaScriptEnabled: false}, async page => {
			must((await page.locator('h1').count()) === 1, 'one verdict');
			const asked: string[] = [];
			page.on('request', request => asked.push(request.url()));
			await page.goto(scene.url);
			must(asked.length === 1 && asked[0] === scene.url, `only the page itself is asked for, not ${asked.join(', ')}`);
		}),

	'opens with as much work as a plain table': async scene => {
		const [own, plain] = [await workOf(scene, scene.url), await workOf(scene, PLAIN)];
		const ratio = own / plain;
		console.log(`  ${own.toFixed(2)} s of work, a plain table ${plain.toFixed(2)} s: ${ratio.toFixed(2)} times as much`);
		must(ratio < MOST_RATIO, `${ratio.toFixed(2)} times the work of a plain table instead of less than ${MOST_RATIO}`);
	},

	'filters by outcome, mode and suite': async scene =>
		withPage(scene, {}, async page => {
			const all = await seen(page, '.check');
			if ((await page.locator('#show-passed').count()) > 0) {
				await page.locator('#show-passed').check();
				must((await seen(page, '.check:not(.passed)')) === 0, 'nothing but what passed');
				must((await seen(page, '.check.passed')) > 0, 'all that passed');
				must((await seen(page, '.matrix.checks tbody tr:not(.has-passed)')) === 0, 'no row of the grid without a pass');
				await page.locator('#show-all').check();
				must((await seen(page, '.check')) === all, 'everything again');
			}
			if ((await page.locator('#target-1').count()) > 0) {
				const targets = await seen(page, '.target');
				const columns = await seen(page, '.matrix.checks thead th');
				await page.locator('#target-1').check();
				must(targets > 1 && (await seen(page, '.target')) === 1, 'one target');
				must((await seen(page, '.matrix.checks thead th')) === 2 && columns > 2, 'one column beside the names');
				await page.locator('#target-all').check();
			}
			const label = await page.evaluate<string>('document.querySelector("#suites option:nth-child(2)").textContent');
			await page.locator('#suites').selectOption({label});
			must((await seen(page, `.suite[data-suite]:not([data-suite="${label}"])`)) === 0, `suite ${label} alone`);
			must((await seen(page, `.matrix.checks tbody[data-suite="${label}"] tr`)) > 0, `suite ${label} in the grid`);
		}),

	'works by keyboard': async scene =>
		withPage(scene, {}, async page => {
			await page.locator('#show-all').focus();
			await page.locator('#show-all').press('ArrowRight');
			must(await page.evaluate<boolean>('!document.querySelector("#show-all").checked'), 'the arrow chooses');
			await page.locator('#show-all').check();
			const closed = page.locator('details.check:not([open]) > summary').first();
			if ((await closed.count()) === 0) return;
			const open = await page.evaluate<number>('document.querySelectorAll("details[open]").length');
			await closed.focus();
			await closed.press('Enter');
			must((await page.evaluate<number>('document.querySelectorAll("details[open]").length')) === open + 1, 'Enter opens a check');
		}),

	'a link to a check opens it': async scene => {
		const id = await withPage(scene, {}, async page =>
			page.evaluate<string | undefined>('document.querySelector("details.check:not([open]) > .body")?.id'),
		);
		if (id === undefined) return;
		await withPage(
			scene,
			{javaScriptEnabled: false},
			async page => must((await seen(page, `[id="${id}"]`)) === 1, `${id} is open`),
			`#${id}`,
		);
	},

	'a heading that a link leads to is to be seen': async scene => {
		const edgeOf = (selector: string, edge: string): string =>
			`document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect().${edge}`;
		const ids = await withPage(scene, {}, async page =>
			page.evaluate<readonly string[]>('[...document.querySelectorAll("h2[id]")].map(one => one.id)'),
		);
		for (const id of ids.slice(-2))
			await withPage(
				scene,
				{javaScriptEnabled: false},
				async page => {
					const behind = await page.evaluate<number>(`${edgeOf('.filters', 'bottom')} - ${edgeOf(`[id="${id}"]`, 'top')}`);
					must(behind <= 0, `${id}: ${Math.round(behind)} px of it are behind the choices`);
				},
				`#${encodeURI(id)}`,
			);
	},

	'words stay whole in the tables, wide and narrow': async scene => {
		// Of words that a line has room for; a cell as narrow as a letter makes a column of them.
		const torn = `[...document.querySelectorAll('th, td')].filter(cell => {
			const longest = Math.max(...cell.textContent.split(/[\\s/-]+/).map(word => word.length));
			return cell.checkVisibility() && longest > 3 && longest < 20 && cell.clientWidth > 0 && cell.clientWidth < 40;
		}).map(cell => cell.textContent.slice(0, 40))`;
		for (const width of [1440, 720, 360])
			await withPage(scene, {viewport: {width, height: 900}}, async page => {
				await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
				const found = await page.evaluate<readonly string[]>(torn);
				must(found.length === 0, `${width} px: ${found.length} cells, the first ${found[0]}`);
			});
	},

	prints: async scene =>
		withPage(scene, {}, async page => {
			const pdf = await page.pdf({format: 'A4'});
			must(pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 10_000, `a document, not ${pdf.length} bytes`);
			const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
			must(pages > 1, `several pages, not ${pages}`);
		}),

	'names from a cluster do nothing': async scene =>
		withPage(scene, {}, async page => {
			const told: string[] = [];
			page.on('dialog', () => told.push('a dialog'));
			page.on('pageerror', () => told.push('an error'));
			await page.goto(scene.url);
			must((await page.locator('script').count()) === 0, 'no script in the page');
			must(told.length === 0, `silence, not ${told.join(', ')}`);
			must(
				!(await page.evaluate<boolean>('/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.textContent)')),
				'no letter that turns the direction',
			);
		}),

	'fits, in light and dark, wide and narrow, all open': async scene => {
		for (const look of LOOKS)
			await withPage(scene, look, async page => {
				await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
				const more = await overflow(page);
				must(more <= 0, `${look.colorScheme}, ${look.viewport.width} px: ${more} px too wide`);
			});
	},

	'axe finds no violation': async scene => {
		// A thousand of one kind say no more than a few, and take minutes.
		const isLarge = scene.file.endsWith('large.html');
		for (const look of isLarge ? LOOKS.slice(0, 1) : [LOOKS[0]!, LOOKS.at(-1)!])
			await withPage(scene, {...look, bypassCSP: true}, async page => {
				if (!isLarge) await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
				await page.evaluate(scene.axe);
				const found = await page.evaluate<readonly string[]>(
					`axe.run(document, {resultTypes: ['violations']})
						.then(({violations}) => violations.map(({id, nodes}) => id + ' at ' + nodes[0].target.join(' ')))`,
				);
				must(found.length === 0, `${look.colorScheme}, ${look.viewport.width} px: ${found.join('; ')}`);
			});
	},
};
