import test from 'ava';
import {refuseWrites, REVIEW_PATH} from './read-only.ts';

for (const [verb, path] of [
	['GET', '/version'],
	['GET', '/api/v1/namespaces/shop/pods/web-1/log'],
	['GET', '/apis/discovery.k8s.io/v1/endpointslices'],
	['GET', '/api/v1/namespaces/secrets/pods'],
	['GET', '/api/v1/namespaces/exec/services/proxy'],
	['POST', REVIEW_PATH],
] as const)
	test(`${verb} ${path} is sent`, t => t.notThrows(() => refuseWrites(verb, path)));

for (const [verb, path] of [
	['POST', '/api/v1/namespaces/shop/pods'],
	['POST', `${REVIEW_PATH}/more`],
	['PUT', REVIEW_PATH],
	['PATCH', '/api/v1/nodes/worker-1'],
	['DELETE', '/api/v1/namespaces/shop/pods/web-1'],
	['GET', '/api/v1/secrets'],
	['GET', '/api/v1/namespaces/shop/secrets/key'],
	['GET', '/api/v1/%73ecrets'],
	['GET', '/api/v1/namespaces/shop/pods/web-1/exec'],
	['GET', '/api/v1/namespaces/shop/services/web/proxy/reset'],
	['GET', '/api/v1/namespaces/shop/pods/web-1/portforward'],
	['GET', '/api/v1/namespaces/shop/pods/web-1/attach'],
] as const)
	test(`${verb} ${path} is refused`, t => {
		t.throws(() => refuseWrites(verb, path), {message: `a read-only client does not send ${verb} ${path}`});
	});
