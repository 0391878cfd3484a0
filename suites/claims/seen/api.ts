import type {V1ServiceSpec} from '@kubernetes/client-node';
import {apiError} from '../../../lib/kube-error.ts';
import {Violation} from '../../../lib/record/problem.ts';
import type {RowRecorder, Testbed} from '../../../lib/testbed/testbed.ts';

/** Makes a Service as it is given, or answers the API server's refusal, as a line with its code. */
const tried = async ({kube, namespace}: Testbed, name: string, spec: object): Promise<V1ServiceSpec | string> =>
	kube.core.createNamespacedService({namespace, body: {metadata: {name}, spec: spec as V1ServiceSpec}}).then(
		made => made.spec ?? {},
		(error: unknown) => apiError(error)?.line ?? Promise.reject(error),
	);

const refused = async (
	testbed: Testbed,
	recorder: RowRecorder,
	name: string,
	spec: object,
	expected: string,
	code: RegExp,
): Promise<void> => {
	const said = await tried(testbed, name, spec);
	if (typeof said === 'string' && code.test(said)) return recorder.step(`refused: ${said}`);
	throw new Violation({
		summary: 'the API server takes what it must refuse',
		expected,
		observed: typeof said === 'string' ? said : `the Service was made: ${JSON.stringify(said)}`,
		layer: {name: 'api', detail: `Service ${name} was made`},
		reproduce: [],
	});
};

const PORT = {port: 80, targetPort: 8080};

/** A selector that is more than equal pairs. */
export const selectorIsRefused = async (testbed: Testbed, recorder: RowRecorder): Promise<void> =>
	refused(
		testbed,
		recorder,
		'selecting',
		{ports: [PORT], selector: {matchExpressions: [{key: 'app', operator: 'In', values: ['a', 'b']}]}},
		'400: a selector is a map of text to text',
		/: (?:400|422) /,
	);

export const namelessPortsAreRefused = async (testbed: Testbed, recorder: RowRecorder): Promise<void> =>
	refused(testbed, recorder, 'nameless', {ports: [PORT, {...PORT, port: 81}]}, '422: spec.ports[0].name: Required value', /: 422 .*name/);

export const affinityHasItsDefault = async (testbed: Testbed, recorder: RowRecorder): Promise<void> => {
	const said = await tried(testbed, 'sticky', {ports: [PORT], sessionAffinity: 'ClientIP'});
	const seconds = typeof said === 'string' ? said : said.sessionAffinityConfig?.clientIP?.timeoutSeconds;
	recorder.step(`timeoutSeconds of a Service that says nothing of it: ${seconds}`);
	if (seconds === 10_800) return;
	throw new Violation({
		summary: 'session affinity has another default',
		expected: 'timeoutSeconds 10800',
		observed: String(seconds),
		layer: {name: 'api', detail: `timeoutSeconds ${seconds}`},
		reproduce: [],
	});
};
