/** What is used of playwright-core, which is installed by .ci/browser.ts alone: no more of its types is needed. */
export type Locator = {
	count(): Promise<number>;
	first(): Locator;
	click(): Promise<void>;
	check(): Promise<void>;
	press(key: string): Promise<void>;
	focus(): Promise<void>;
	selectOption(value: {readonly label: string}): Promise<unknown>;
	isVisible(): Promise<boolean>;
};
export type Page = {
	goto(url: string): Promise<unknown>;
	locator(selector: string): Locator;
	/** The page's scripts are off by its policy; this is ours, in a world that the policy does not reach. */
	evaluate<T>(script: string): Promise<T>;
	pdf(options: {readonly format: string}): Promise<Buffer>;
	on(event: 'request' | 'dialog' | 'pageerror', told: (what: {url(): string}) => void): void;
	context(): {newCDPSession(page: Page): Promise<Session>};
	close(): Promise<void>;
};
export type Session = {send(method: string, options?: object): Promise<{metrics: readonly {name: string; value: number}[]}>};
export type Look = {
	readonly viewport?: {readonly width: number; readonly height: number};
	readonly colorScheme?: 'light' | 'dark';
	readonly javaScriptEnabled?: boolean;
	/** axe is a script that the page's policy would stop. */
	readonly bypassCSP?: boolean;
};
export type Context = {newPage(): Promise<Page>; close(): Promise<void>};
export type Browser = {newContext(look: Look): Promise<Context>; close(): Promise<void>};
export type Tools = {
	readonly chromium: {launch(options: object): Promise<Browser>};
	/** Source of axe-core. */
	readonly axe: string;
};

/** Debian's Chromium, with a profile of its own (playwright makes one below TMPDIR) and nothing that calls home. */
export const launch = async ({chromium}: Tools, profiles: string): Promise<Browser> =>
	chromium.launch({
		executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
		env: {...process.env, TMPDIR: profiles.replace(/\/profile$/, '')},
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});

export type Scene = {
	readonly browser: Browser;
	readonly file: string;
	readonly url: string;
	readonly axe: string;
	readonly scratch: string;
};

/** Does something with the page as it looks so. */
export const withPage = async <T>({browser, url}: Scene, look: Look, work: (page: Page) => Promise<T>, hash = ''): Promise<T> => {
	const context = await browser.newContext({viewport: {width: 1440, height: 1000}, ...look});
	try {
		const page = await context.newPage();
		await page.goto(url + hash);
		return await work(page);
	} finally {
		await context.close();
	}
};

/** Throws an Error that says what was expected. */
export const must = (holds: boolean, what: string): void => {
	if (!holds) throw new Error(what);
};
