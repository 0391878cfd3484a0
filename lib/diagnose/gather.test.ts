import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import type {ServerResponse} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {connectReadOnly} from '../read-kube.ts';
import {UsageError} from '../usage.ts';
import {apiServer, contentsOf, kubeconfigFor, refusal, type Answer, type ApiServer, type Contents} from './fixtures/api-server.ts';
import {healthy, pod, podsNamed, serviceOf} from './fixtures/world.ts';
import {factsOf, judge} from './judge.ts';
import {loadRules} from './load.ts';
import {takeSnapshot} from './run.ts';
import {SOURCES} from './sources.ts';

const rules = await loadRules();
const PODS = SOURCES.pods.path;

/** A wrong Service that can be told without pods. */
const world = healthy();
world.services.push({metadata: {name: 'bank', namespace: 'shop'}, spec: {type: 'ExternalName', externalName: '192.0.2.9'}});

const PATHS = factsOf(rules).flatMap(name => (name === 'nodeEvidence' ? [] : [SOURCES[name].path]));

/** The time for looking is over as soon as all but the pods have come: how long that takes is up to the machine. */
const overWithoutPods = async (server: ApiServer, over: AbortController): Promise<void> => {
	while (!PATHS.every(path => path === PODS || server.answered.has(path))) await pause(50);
	await pause(500);
	over.abort();
};

type Wish = {readonly contents?: Contents; readonly ends?: 'without pods'};

const looking = async (t: ExecutionContext, odd: Readonly<Record<string, Answer>>, {contents = contentsOf(world), ends}: Wish = {}) => {
	const [server, dir] = await Promise.all([apiServer(contents, {odd}), mkdtemp(join(tmpdir(), 'vipcheck-gather-'))]);
	t.teardown(async () => {
		server.close();
		await rm(dir, {recursive: true});
	});
	const path = join(dir, 'kubeconfig');
	await writeFile(path, server.kubeconfig);
	const over = new AbortController();
	if (ends) void overWithoutPods(server, over);
	const snapshot = await takeSnapshot(await connectReadOnly(path), factsOf(rules), {signal: over.signal, timeoutMs: 600_000});
	const {findings, rules: outcomes} = judge(snapshot, rules);
	return {
		server,
		snapshot,
		found: findings.map(({rule}) => rule),
		unknown: outcomes.flatMap(one => (one.outcome === 'unknown' && !one.optional ? [one] : [])),
	};
};
const why = ({snapshot: {facts}}: Awaited<ReturnType<typeof looking>>): string => (facts.pods?.ok === false ? facts.pods.why : 'known');

/** What is not known is not told as a pass, and all that needs no pods is. */
const isPartial = (t: ExecutionContext, seen: Awaited<ReturnType<typeof looking>>): void => {
	t.deepEqual(seen.found, ['external-name-is-address']);
	const needing = rules.filter(({needs}) => needs.includes('pods') && !needs.includes('nodeEvidence')).map(({id}) => id);
	t.true(needing.length > 10);
	t.deepEqual(
		needing.filter(id => !seen.unknown.some(one => one.id === id)),
		[],
	);
	t.true(seen.unknown.every(one => one.why.includes(PODS)));
	t.deepEqual(
		Object.entries(seen.snapshot.facts).flatMap(([name, fact]) => (fact.ok ? [] : [name])),
		['pods'],
	);
};

test.serial('all is there: everything is known, and it is read page by page with no more than five requests at a time', async t => {
	const many = healthy();
	many.pods.push(...Array.from({length: 1200}, (_, index) => pod(`other-${index}`, `10.245.${index >> 8}.${index & 255}`)));
	const slowly = contentsOf(many);
	const seen = await looking(t, {}, {contents: slowly});
	t.deepEqual([seen.found, seen.unknown], [[], []]);
	t.is(seen.snapshot.facts.pods?.ok === true && seen.snapshot.facts.pods.value.length, many.pods.length);
	t.is(seen.server.calls.filter(call => call.startsWith(`GET ${PODS}?`)).length, 3);
	t.true(seen.server.calls.every(call => call.startsWith('GET ')));
});

test.serial('however slow it is, five requests are under way at the most', async t => {
	const slow: Contents = contentsOf(world);
	const delayed: Answer = (request, response) =>
		void pause(200).then(() => {
			const held = slow[new URL(request.url ?? '', 'http://there').pathname];
			response.end(JSON.stringify(Array.isArray(held) ? {items: held} : (held ?? {})));
		});
	const seen = await looking(t, {'*': delayed});
	t.true(seen.server.most() > 1 && seen.server.most() <= 5, `${seen.server.most()}`);
	t.deepEqual(seen.unknown, []);
});

const STATUS = 'TooManyRequests';
test.serial('throttled for a while: it comes back when it is told to, and nothing is missing', async t => {
	let [left, pods] = [3, 0];
	const throttling: Answer = (_, response) =>
		left-- > 0
			? refusal(response, 429, STATUS, {'retry-after': '0'})
			: response.end(JSON.stringify({items: [...world.pods], metadata: {resourceVersion: String(pods++)}}));
	const seen = await looking(t, {[PODS]: throttling});
	t.deepEqual(seen.unknown, []);
	t.is(seen.server.calls.filter(call => call.startsWith(`GET ${PODS}?`)).length, 4);
});

test.serial('throttled for good: no more than four times is it asked', async t => {
	const seen = await looking(t, {[PODS]: (_, response) => refusal(response, 429, STATUS, {'retry-after': '0'})});
	isPartial(t, seen);
	t.is(why(seen), `GET ${PODS}: 429 ${STATUS}: ${STATUS} says the test`);
	t.is(seen.server.calls.filter(call => call.startsWith(`GET ${PODS}?`)).length, 4);
});

test.serial('told to come back in an hour, it waits no longer than it has time, and says why', async t => {
	const seen = await looking(
		t,
		{[PODS]: (_, response) => refusal(response, 429, STATUS, {'retry-after': '3600'})},
		{ends: 'without pods'},
	);
	isPartial(t, seen);
	t.regex(why(seen), /: 429 TooManyRequests/);
});

test.serial('a server that throttles from the first request on is not one that cannot be looked at', async t => {
	const first: Answer = (request, response) =>
		request.url?.includes('limit=1&') || request.url?.endsWith('limit=1')
			? refusal(response, 429, STATUS, {'retry-after': '3600'})
			: response.end(JSON.stringify({items: world.services}));
	const {unknown, found} = await looking(t, {[SOURCES.services.path]: first});
	t.deepEqual([unknown, found], [[], ['external-name-is-address']]);
});

/** Kinds of answers that are none, and how each is told. */
const ODD: Readonly<Record<string, readonly [answer: Answer, says: RegExp]>> = {
	fails: [(_, response) => refusal(response, 500, 'InternalError'), /: 500 InternalError: InternalError says the test$/],
	'is overloaded': [(_, response) => refusal(response, 503, 'ServiceUnavailable'), /: 503 ServiceUnavailable/],
	'hangs up': [request => request.socket.destroy(), /no answer from http:.*other side closed/],
	'says too little': [
		(_, response) => {
			response.writeHead(200, {'content-type': 'application/json', 'content-length': '5000'}).write('{"items": [{"metadata"');
			setTimeout(() => response.destroy(), 20);
		},
		/no answer from http:.*(?:terminated|closed)/,
	],
	'cuts its text': [(_, response) => response.end('{"items": [{"metadata"'), /what answers is no API server: .*JSON/],
	'is a proxy with a page': [(_, response) => response.end('<html>Log in</html>'), /what answers is no API server: .*JSON/],
	'gives something else': [(_, response) => response.end('{"kind": "Status"}'), /what answers is no API server: it gives no list$/],
};
for (const [name, [answer, says]] of Object.entries(ODD))
	test.serial(`a server that ${name} for one kind of object gives the other verdicts`, async t => {
		const seen = await looking(t, {[PODS]: answer});
		isPartial(t, seen);
		t.regex(why(seen), says);
		t.false(why(seen).includes('\n'));
	});

/** A byte now and then, for ever. */
const trickle = (response: ServerResponse): void => {
	response.writeHead(200, {'content-type': 'application/json'}).write('{"items": [');
	const timer = setInterval(() => response.write(' '), 20);
	response.once('close', () => clearInterval(timer));
};
for (const [name, answer] of [
	['never answers', () => {}],
	['answers a byte at a time', (_: unknown, response: ServerResponse) => trickle(response)],
	[
		'never comes to the last page',
		(_: unknown, response: ServerResponse) => void response.end('{"items": [], "metadata": {"continue": "more"}}'),
	],
] as const)
	test.serial(`a server that ${name} for one kind of object: the other verdicts, when the time is over`, async t => {
		const seen = await looking(t, {[PODS]: answer}, {ends: 'without pods'});
		isPartial(t, seen);
		t.regex(why(seen), /the time for looking is over$/);
	});

test.serial('a list that expires between two pages is begun again', async t => {
	let expired = false;
	const seen = await looking(t, {
		[PODS](request, response) {
			const second = request.url?.includes('continue=more');
			if (second && !expired) {
				expired = true;
				return refusal(response, 410, 'Expired');
			}
			response.end(
				JSON.stringify(second ? {items: world.pods.slice(1)} : {items: world.pods.slice(0, 1), metadata: {continue: 'more'}}),
			);
		},
	});
	t.deepEqual(seen.unknown, []);
	t.is(seen.snapshot.facts.pods?.ok === true && seen.snapshot.facts.pods.value.length, world.pods.length);
});

test.serial('a right that is missing is named, and takes with it what needs it alone', async t => {
	const seen = await looking(t, {[PODS]: (_, response) => refusal(response, 403, 'Forbidden')});
	isPartial(t, seen);
	t.is(why(seen), 'no right to list pods');
	t.deepEqual([...new Set(seen.unknown.flatMap(({rights}) => rights))], ['list pods']);
});

test.serial('a kind that the cluster does not have is no loss', async t => {
	const {server, unknown} = await looking(
		t,
		Object.fromEntries(
			(['addressPools', 'l2Advertisements', 'bgpAdvertisements', 'l2Statuses', 'serviceCIDRs'] as const).map(name => [
				SOURCES[name].path,
				(_, response: ServerResponse) => refusal(response, 404, 'NotFound'),
			]),
		),
	);
	t.deepEqual(unknown, []);
	t.true(server.calls.length > 15);
});

test.serial('what is seen judged by file is what was seen', async t => {
	const wrong = healthy();
	serviceOf(wrong).spec.selector = {app: 'wbe'};
	podsNamed(wrong, /^web-1$/)[0]!.metadata!.labels = {app: 'web', more: 'x'};
	const {snapshot, found} = await looking(t, {}, {contents: contentsOf(wrong)});
	t.deepEqual(
		judge(JSON.parse(JSON.stringify(snapshot)) as typeof snapshot, rules).findings.map(({rule}) => rule),
		found,
	);
	t.is(found[0], 'selector-matches-nothing');
});

test.serial('credentials come from a program that fails, or does not end', async t => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-gather-'));
	t.teardown(async () => rm(dir, {recursive: true}));
	const connected = async (command: string, args: string) => {
		const path = join(dir, command.replaceAll('/', '-'));
		await writeFile(
			path,
			kubeconfigFor(
				'https://127.0.0.1:2',
				`{exec: {apiVersion: client.authentication.k8s.io/v1, command: ${command}, args: ${args}}}`,
			),
		);
		return connectReadOnly(path);
	};
	const {signal} = new AbortController();
	const saying = async (command: string, args: string) =>
		(await t.throwsAsync(takeSnapshot(await connected(command, args), ['version'], {signal}), {instanceOf: UsageError})).message;
	t.regex(await saying('no-such-program', '[]'), /^cannot look at \S+: the kubeconfig cannot be used: spawn no-such-program ENOENT$/);
	t.regex(await saying('sh', '["-c", "echo log in first >&2; echo or else >&2; exit 1"]'), /cannot be used: log in first; or else$/);
	t.regex(await saying('sleep', '["30"]'), /the program that gives its credentials has not answered in time$/);
});
